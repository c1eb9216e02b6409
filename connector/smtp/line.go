package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// A line is the connection of one attempt. It can be cut at any time: a farewell on a
// broken line could end a half-sent message, and make the server take it.
type line struct {
	sender *Sender
	mu     sync.Mutex
	conn   net.Conn
	dead   bool
}

func (l *line) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := l.sender.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if !l.keep(conn) {
		return nil, context.Canceled
	}
	if l.sender.server.Security != TLS {
		return conn, nil
	}
	secure := tls.Client(conn, l.sender.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

// keep remembers conn, false if the line was cut meanwhile.
func (l *line) keep(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	if l.dead {
		conn.Close()
	}
	return !l.dead
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = true
	if l.conn != nil {
		l.conn.Close()
	}
}
