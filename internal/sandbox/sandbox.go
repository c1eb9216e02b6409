// Package sandbox is a small outside world on loopback: a mailbox that receives real SMS
// and mail, and systems that follow the golden record over real HTTP and SQL. The demo
// and the stories run against it; nothing of the product depends on it.
package sandbox

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// serve answers HTTP on a loopback port of the machine's choosing, until closed.
func serve(h http.Handler) (address string, close func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	return listener.Addr().String(), func() error {
		err := server.Close()
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			return served
		}
		return err
	}, nil
}
