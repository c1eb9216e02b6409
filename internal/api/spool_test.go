package api

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestSpooledTableIsReadFromAnyPlaceAndLiesSealed(t *testing.T) {
	text := strings.Repeat("王小芳,13800138000\r\n", 5000)
	s, err := newSpool(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := iotest.TestReader(io.NewSectionReader(s, 0, s.size), []byte(text)); err != nil {
		t.Error(err)
	}
	for off := range int64(40) {
		p := make([]byte, 20)
		if n, err := s.ReadAt(p, off); n != 20 || err != nil || string(p) != text[off:off+20] {
			t.Errorf("at %d: %q, %v", off, p[:n], err)
		}
	}
	raw := make([]byte, len(text))
	if _, err := s.file.ReadAt(raw, 0); err != nil || bytes.Contains(raw, []byte("13800138000")) {
		t.Errorf("a number lies plain on the disk, %v", err)
	}
}
