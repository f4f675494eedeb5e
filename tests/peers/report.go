// SPDX-License-Identifier: BSD-2-Clause

package main

import "context"

func runReport(ctx context.Context, args []string) error { return nil }
