package store

import (
	"encoding/json"
	"errors"
	"sync"

	"amend/downstream"
)

// systemCache keeps systems as they were parsed, and all of them as they were read last:
// every apply asks for them, and they are hardly ever edited.
type systemCache struct {
	mu     sync.Mutex
	parsed map[string]parsedSystem // by id
	all    *connected
}

type parsedSystem struct {
	text string
	is   downstream.System
}

// connected is which systems there are, and the sum of their revisions: it tells one such
// set from any other, because systems are never removed.
type connected struct {
	systems   []downstream.System
	revisions int64
}

// areConnected answers a row if a set is still the one that is connected.
const areConnected = `SELECT 1 FROM (SELECT COUNT(*) AS systems, COALESCE(SUM(revision), 0) AS revisions FROM system) AS connected
	WHERE systems = $1 AND revisions = $2`

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

// last answers the set that was read last, nil if none was.
func (c *systemCache) last() *connected {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

func (c *systemCache) keep(all *connected) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = all
}

// connected reads the set and keeps it.
func (v View) connected() (*connected, error) {
	rows, err := v.Systems()
	if err != nil {
		return nil, err
	}
	all := &connected{systems: make([]downstream.System, len(rows))}
	for i, row := range rows {
		all.systems[i] = row.System
		all.revisions += row.Revision
	}
	v.store.systems.keep(all)
	return all, nil
}

// systems answers the connected systems, from memory while they are the same.
func (v View) systems() ([]downstream.System, error) {
	if all := v.store.systems.last(); all != nil {
		var one int64
		err := v.Row(areConnected, len(all.systems), all.revisions).Scan(&one)
		if !errors.Is(err, ErrNoRow) {
			return all.systems, err
		}
	}
	all, err := v.connected()
	if err != nil {
		return nil, err
	}
	return all.systems, nil
}

// Systems answers the connected systems from memory, where they were read before. The act
// relies on them: it fails as Stale if one was connected, or subscribes to something else,
// because what it raises would miss that one. A verb that is run again reads them anew.
func (tx *Tx) Systems() ([]downstream.System, error) {
	if tx.systems != nil {
		return tx.systems.systems, nil
	}
	all := tx.store.systems.last()
	if all == nil || tx.again {
		var err error
		if all, err = tx.connected(); err != nil {
			return nil, err
		}
	}
	tx.systems = all
	tx.still(Stale, systemSet, areConnected, len(all.systems), all.revisions)
	return all.systems, nil
}
