#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>

/* 36 characters and the terminator. */
#define UUID_SIZE 37

/* A random UUID (version 4), lower case. Returns false if the system has no randomness to give. */
bool uuid_make(char text[static UUID_SIZE]);

#endif
