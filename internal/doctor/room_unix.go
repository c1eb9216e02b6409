//go:build linux || darwin

package doctor

import "syscall"

// MeasureRoom asks the system what is free for us on the disk of a folder.
func MeasureRoom(path string) (Room, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return Room{}, err
	}
	return Room{Free: s.Bavail * uint64(s.Bsize), Total: s.Blocks * uint64(s.Bsize)}, nil
}
