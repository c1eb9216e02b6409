package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync"

	"amend/fault"
	"amend/internal/oncall"
	"amend/internal/page"
	"amend/internal/server"
	"amend/internal/store"
	"amend/internal/work"
)

type serveCmd struct{}

// Run serves until it is told to stop. It listens before it opens anything, so that a
// second start on the same address changes nothing.
func (serveCmd) Run(a *app) error {
	roster, err := a.onCall()
	if err != nil {
		return err
	}
	l, err := listen(a.config.Addr)
	if err != nil {
		return err
	}
	var apart net.Listener
	if a.config.ConsoleAddr != "" {
		if apart, err = listen(a.config.ConsoleAddr); err != nil {
			return errors.Join(err, closeListener(l))
		}
	}
	return errors.Join(a.founding(func(h *house) error { return a.serve(h, roster, l, apart) }), closeListener(l), closeListener(apart))
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "address_taken", "addr", addr)
	}
	return l, nil
}

// closeListener closes what Serve has usually closed already.
func closeListener(l net.Listener) error {
	if l == nil {
		return nil
	}
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// serve answers on l, and for the console on apart if there is such an address.
func (a *app) serve(h *house, roster oncall.Roster, l, apart net.Listener) error {
	customers, staff := a.pages(h)
	s := server.New(server.Config{
		API: a.api(h), Static: page.Static(), Portal: customers, Console: staff, Apart: apart != nil, Now: now, Rand: rand.Reader, Log: a.logger(), Sealed: a.config.Sealed(),
		Health: func(ctx context.Context) (store.Health, error) { return h.store.View(ctx).Health(h.store.Now()) },
		Keys:   h.desk.CheckKeys, Room: h.store.Room,
	})
	loop, watch := work.New(work.Config{Desk: h.desk, Log: a.logger(), Done: s.Worked}), a.watch(h, roster)
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	var working sync.WaitGroup
	working.Go(func() { loop.Run(ctx) })
	working.Go(func() { watch.Run(ctx) })
	defer a.trade(anyMemory)() // once it stands: what opening left behind is collected first
	a.advise("正在监听 %s，客户访问 %s。停止：Ctrl+C", "Listening on %s; customers reach %s. Stop with Ctrl+C", l.Addr(), a.config.BaseURL)
	var closing error
	if apart != nil {
		a.advise("员工控制台：%s", "The console for staff: %s", a.config.StaffURL())
		working.Go(func() { closing = s.ServeConsole(ctx, apart) })
	}
	err := s.Serve(ctx, l)
	stop()
	working.Wait()
	return errors.Join(err, closing)
}
