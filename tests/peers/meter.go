// SPDX-License-Identifier: BSD-2-Clause

package main

import "context"

func runMeter(ctx context.Context, args []string) error { return nil }
