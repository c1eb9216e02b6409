package main

import (
	"math"
	"runtime/debug"
)

// The program keeps little alive and makes much garbage: letting that grow to four times as
// much before it is collected is worth a tenth more changes a second.
const (
	garbagePercent = 400
	anyMemory      = math.MaxInt64
)

// trade gives memory for speed until it is undone. Whoever set GOGC or GOMEMLIMIT knows
// better.
func (a *app) trade(most int64) (undo func()) {
	if a.getenv("GOGC") != "" || a.getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(garbagePercent), debug.SetMemoryLimit(most)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
