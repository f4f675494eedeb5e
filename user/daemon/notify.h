/* SPDX-License-Identifier: BSD-2-Clause */
/* notify: tells the service manager that the daemon serves (sd_notify's protocol, which is one datagram). */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Sends @state, such as "READY=1", to $NOTIFY_SOCKET; nothing where there is none. What fails is nobody's loss. */
void notify_manager(const char *state);

#endif
