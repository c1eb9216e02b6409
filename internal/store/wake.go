package store

import "sync"

// A bell wakes everybody who waits on the channel that next gave them.
type bell struct {
	mu     sync.Mutex
	waited chan struct{}
}

func newBell() *bell { return &bell{waited: make(chan struct{})} }

func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waited
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.waited)
	b.waited = make(chan struct{})
}
