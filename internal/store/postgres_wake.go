package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// wakeChannel carries the name of the node that woke. The wake is no part of the commit:
// NOTIFY inside it would make the commits of all nodes wait for each other. A wake that
// is lost with its node is made good by polling.
const wakeChannel = "amend_wake"

// listenAgain is how long a broken listener waits before it connects again.
const listenAgain = time.Second

// notify lets tell know; a wake that is still to be told stands for this one too.
func (e *postgresEngine) notify() {
	select {
	case e.told <- struct{}{}:
	default:
	}
}

func (e *postgresEngine) listen() {
	e.ends.Go(e.tell)
	e.ends.Go(e.hear)
}

// tell passes this node's wakes on, as many at a time as came meanwhile.
func (e *postgresEngine) tell() {
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-e.told:
		}
		if _, err := e.readers.Exec(e.ctx, `SELECT pg_notify($1, $2)`, wakeChannel, e.node); err != nil && e.ctx.Err() == nil {
			e.log.Warn("store.notify", "error", pgFault(err))
		}
	}
}

// hear rings the bell for the wakes of other nodes, and once whenever it may have missed some.
func (e *postgresEngine) hear() {
	for e.ctx.Err() == nil {
		if err := e.hearOn(); err != nil && e.ctx.Err() == nil {
			e.log.Warn("store.listen", "error", pgFault(err))
		}
		select {
		case <-e.ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

func (e *postgresEngine) hearOn() error {
	conn, err := pgx.ConnectConfig(e.ctx, e.readers.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(e.ctx, "LISTEN "+wakeChannel); err != nil {
		return err
	}
	e.bell.ring()
	for {
		wake, err := conn.WaitForNotification(e.ctx)
		if err != nil {
			return err
		}
		if wake.Payload != e.node {
			e.bell.ring()
		}
	}
}
