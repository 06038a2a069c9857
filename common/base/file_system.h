#ifndef BASE_FILE_SYSTEM_H
#define BASE_FILE_SYSTEM_H

/*
 * The name of the file system that holds the open file or directory, if it is one that other
 * machines write to ("NFS", "CIFS", …): what they change there may show late, is told by no event,
 * and locks and shared memory cannot be relied on. NULL if it is none of these, or cannot be told.
 */
const char *file_system_network(int descriptor);

#endif
