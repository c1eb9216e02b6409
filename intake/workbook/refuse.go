package workbook

import (
	"bytes"
	"encoding/binary"
	"io"

	"amend/fault"
)

// Refuse says why a file in the compound format of Microsoft (MS-CFB) is refused: it is a
// workbook under a password, or one of Excel before 2007. Which one, the directory of its
// streams says, whose first entries are looked at.
func Refuse(file io.ReaderAt) error {
	head := make([]byte, 512)
	if _, err := file.ReadAt(head, 0); err != nil {
		return fault.New(fault.Malformed, "workbook_broken")
	}
	shift, sector := binary.LittleEndian.Uint16(head[30:]), binary.LittleEndian.Uint32(head[48:])
	directory := make([]byte, 4<<10)
	n, _ := file.ReadAt(directory, (int64(sector)+1)<<(shift&15)) // what isn't there says nothing
	if bytes.Contains(directory[:n], []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		return fault.New(fault.Malformed, "workbook_protected")
	}
	return fault.New(fault.Malformed, "workbook_legacy")
}
