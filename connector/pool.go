package connector

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"sync"

	"amend/downstream"
)

// Pool keeps one connector for each system, with the connections it holds, and makes a
// new one when the system's settings or secret change. It is safe for concurrent use.
type Pool struct {
	base Setup
	mu   sync.Mutex
	open map[downstream.SystemID]pooled
}

type pooled struct {
	connector downstream.Connector
	made      [sha256.Size]byte // of what
}

// NewPool makes an empty pool; what a system brings itself is filled into base.
func NewPool(base Setup) *Pool {
	return &Pool{base: base, open: map[downstream.SystemID]pooled{}}
}

// Of answers the connector of s.
func (p *Pool) Of(s downstream.System, secret []byte) (downstream.Connector, error) {
	made := sha256.Sum256(bytes.Join([][]byte{[]byte(s.Connector), s.Settings, secret}, []byte{0}))
	p.mu.Lock()
	defer p.mu.Unlock()
	have, ok := p.open[s.ID]
	if ok && have.made == made {
		return have.connector, nil
	}
	setup := p.base
	setup.Settings, setup.Secret = s.Settings, string(secret)
	c, err := New(s.Connector, setup)
	if err != nil {
		return nil, err
	}
	if ok {
		closed(have.connector)
	}
	p.open[s.ID] = pooled{c, made}
	return c, nil
}

// Close lets every connection go.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for id, have := range p.open {
		errs = append(errs, closed(have.connector))
		delete(p.open, id)
	}
	return errors.Join(errs...)
}

func closed(c downstream.Connector) error {
	if closer, ok := c.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
