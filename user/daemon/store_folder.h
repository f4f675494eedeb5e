/* SPDX-License-Identifier: BSD-2-Clause */
/* store_folder: the folder of the store is made and given to the user that the daemon becomes, while it still can. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <sys/types.h>

/*
 * Makes the folder of @path when it is not there (its own folder must be). What is made here, and the default one, becomes
 * @user's with the store's files in it; another's folder is left as it is: whether it can be used shows when the store is opened.
 */
void store_give_folder(const char *path, uid_t user, gid_t group);

#endif
