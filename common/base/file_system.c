#include "base/file_system.h"

#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/vfs.h>

const char *file_system_network(int descriptor)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} systems[] = {
		{NFS_SUPER_MAGIC, "NFS"},
		{SMB_SUPER_MAGIC, "SMB"},
		{CIFS_SUPER_MAGIC, "CIFS"},
		{SMB2_SUPER_MAGIC, "SMB2"},
		{V9FS_MAGIC, "9P"},
		{FUSE_SUPER_MAGIC, "FUSE"},
		{CEPH_SUPER_MAGIC, "Ceph"},
		{AFS_SUPER_MAGIC, "AFS"},
		{AFS_FS_MAGIC, "AFS"},
		{CODA_SUPER_MAGIC, "Coda"},
		{OCFS2_SUPER_MAGIC, "OCFS2"},
		{0x0bd00bd0, "Lustre"},
		{0x01161970, "GFS2"},
		{0x786f4256, "VirtualBox"},
		{0xbacbacbc, "VMware"},
	};
	struct statfs status;

	if (fstatfs(descriptor, &status) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++)
		if ((uint32_t)status.f_type == systems[i].magic)
			return systems[i].name;
	return NULL;
}
