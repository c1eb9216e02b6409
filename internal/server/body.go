package server

import (
	"io"
	"net/http"
	"time"
)

// steadyShare is how much of a body must arrive in each readTimeout: some 2 KiB a second.
// A long table from a slow line gets through; a connection that only trickles does not.
const steadyShare = 64 << 10

// A steadyBody lets a body take longer than one readTimeout as long as it keeps coming.
type steadyBody struct {
	io.ReadCloser
	control *http.ResponseController
	now     func() time.Time
	since   int // bytes since the deadlines were last moved
}

// Read serves io.Reader. Where the connection knows no deadlines, there are none to move.
func (b *steadyBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.since += n; b.since >= steadyShare {
		b.since = 0
		_ = b.control.SetReadDeadline(b.now().Add(readTimeout))
		_ = b.control.SetWriteDeadline(b.now().Add(writeTimeout))
	}
	return n, err
}
