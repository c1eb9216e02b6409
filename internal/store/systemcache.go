package store

import (
	"encoding/json"
	"sync"

	"amend/downstream"
)

// systemCache keeps systems as they were parsed: every apply asks for all of them, and
// they are hardly ever edited.
type systemCache struct {
	mu     sync.Mutex
	parsed map[string]parsedSystem // by id
}

type parsedSystem struct {
	text string
	is   downstream.System
}

// parse answers the system that text says. Callers share what it holds and never write to it.
func (c *systemCache) parse(id, text string) (downstream.System, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.parsed[id]; ok && p.text == text {
		return p.is, nil
	}
	p := parsedSystem{text: text}
	if err := json.Unmarshal([]byte(text), &p.is); err != nil {
		return p.is, err
	}
	if c.parsed == nil {
		c.parsed = map[string]parsedSystem{}
	}
	c.parsed[id] = p
	return p.is, nil
}
