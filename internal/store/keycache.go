package store

import (
	"sync"

	"amend/customer"
	"amend/internal/keys"
)

// keyCacheSize bounds how many data keys are kept open: two generations of this many.
const keyCacheSize = 32_768

// A keyCache keeps the data keys used lately, in two generations: when the young one is
// full it becomes the old one. Simple, bounded, and a hot record always stays.
type keyCache struct {
	mu         sync.Mutex
	young, old map[customer.ID]keys.DataKey
}

func (c *keyCache) find(id customer.ID) (keys.DataKey, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.young[id]; ok {
		return k, true
	}
	k, ok := c.old[id]
	if ok {
		c.set(id, k)
	}
	return k, ok
}

func (c *keyCache) put(id customer.ID, k keys.DataKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(id, k)
}

func (c *keyCache) set(id customer.ID, k keys.DataKey) {
	if c.young == nil || len(c.young) >= keyCacheSize {
		c.old, c.young = c.young, make(map[customer.ID]keys.DataKey, 64)
	}
	c.young[id] = k
}

// drop forgets a key that was destroyed.
func (c *keyCache) drop(id customer.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, id)
	delete(c.old, id)
}
