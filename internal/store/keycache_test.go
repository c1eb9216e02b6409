package store

import (
	"fmt"
	"testing"

	"amend/customer"
	"amend/internal/keys"
)

func TestKeyUsedLatelyStaysWhileTheCacheTurnsOver(t *testing.T) {
	var c keyCache
	id := func(i int) customer.ID { return customer.ID(fmt.Sprint(i)) }
	c.put("hot", keys.DataKey{})
	for i := range 3 * keyCacheSize {
		c.put(id(i), keys.DataKey{})
		if i%1000 == 0 {
			if _, ok := c.find("hot"); !ok {
				t.Fatalf("the hot key was lost after %d others", i)
			}
		}
	}
	if n := len(c.young) + len(c.old); n > 2*keyCacheSize {
		t.Errorf("%d keys, want at most %d", n, 2*keyCacheSize)
	}
	if _, ok := c.find(id(0)); ok {
		t.Error("the first key is still there")
	}
	if _, ok := c.find(id(3*keyCacheSize - 1)); !ok {
		t.Error("the last key is not there")
	}
}

func TestDroppedKeyIsGoneFromBothGenerations(t *testing.T) {
	var c keyCache
	c.put("a", keys.DataKey{})
	for i := range keyCacheSize {
		c.put(customer.ID(fmt.Sprint(i)), keys.DataKey{})
	}
	c.find("a") // young again, and still among the old
	c.drop("a")
	c.drop("never there")
	if _, ok := c.find("a"); ok {
		t.Error("a dropped key is found")
	}
}
