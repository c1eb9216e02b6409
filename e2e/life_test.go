package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/notify"
)

// The environment of a process that lives one life after another until it is killed, and
// the file in its folder that holds the master key.
const (
	lifeURL    = "AMEND_E2E_LIFE"
	lifeFolder = "AMEND_E2E_FOLDER"
	keyFile    = "master.key"
)

// TestMain turns the test binary into the process that is killed, where it is asked to be one.
func TestMain(m *testing.M) {
	url := os.Getenv(lifeURL)
	if url == "" {
		os.Exit(m.Run())
	}
	if err := live(context.Background(), url, os.Getenv(lifeFolder)); err != nil {
		fmt.Println("broken", err)
		os.Exit(1)
	}
}

// live opens the database as it was left, checks that nothing is half done, and then does
// one verb after the other, whatever is next for the request that is open. Each line it
// prints names the verb that it is about to do.
func live(ctx context.Context, url, folder string) error {
	w, err := reopen(ctx, url, folder)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := invariants(ctx, w); err != nil {
		return err
	}
	fmt.Println("whole")
	l := life{ctx: ctx, w: w, out: bufio.NewWriter(os.Stdout), asked: map[string]desk.Sent{}}
	if err := l.staff(); err != nil {
		return err
	}
	for {
		if err := l.next(); err != nil {
			return err
		}
	}
}

// reopen opens a world with the master key beside it, its clock behind everything on record.
func reopen(ctx context.Context, url, folder string) (*sandbox.World, error) {
	master, err := keys.OpenFile(filepath.Join(folder, keyFile))
	if err != nil {
		return nil, err
	}
	w, err := sandbox.Open(ctx, sandbox.Config{
		URL: url, Folder: folder, Keys: master, Start: opens(), Rand: rand.Reader, Zone: zone(), Lang: notify.ZH, Base: "https://portal.example.com",
	})
	if err != nil {
		return nil, err
	}
	var last int64
	if err := w.Store.View(ctx).Row(`SELECT COALESCE(MAX(at), 0) FROM entry`).Scan(&last); err != nil {
		return nil, err
	}
	w.Clock.Set(time.UnixMicro(last).Add(time.Second))
	return w, nil
}

// A life does what is next, without remembering anything that is not in the database but
// the codes that its own mailbox holds.
type life struct {
	ctx   context.Context
	w     *sandbox.World
	out   *bufio.Writer
	crew  map[string]access.Actor
	asked map[string]desk.Sent
}

// do announces a verb and does it.
func (l *life) do(verb string, act func() error) error {
	fmt.Fprintln(l.out, verb)
	l.out.Flush()
	if err := act(); err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

func (l *life) staff() error {
	known, err := l.w.Store.View(l.ctx).Actors()
	if err != nil {
		return err
	}
	l.crew = map[string]access.Actor{}
	for name, role := range map[string]access.Role{"ada": access.Agent, "sam": access.Agent, "bob": access.Approver, "bea": access.Approver, "sue": access.Steward, "ivy": access.Integrator, "app": access.App} {
		i := slices.IndexFunc(known, func(a access.Actor) bool { return a.Name == name })
		if i >= 0 {
			l.crew[name] = known[i]
			continue
		}
		err := l.do("hire", func() (err error) {
			l.crew[name], _, err = l.w.Desk.AddToken(l.ctx, access.Actor{Name: name, Roles: []access.Role{role}})
			return err
		})
		if err != nil {
			return err
		}
	}
	return l.systems()
}

// systems connects the ERP, which is found again after a restart.
func (l *life) systems() error {
	rows, err := l.w.Store.View(l.ctx).Systems()
	if err != nil || len(rows) > 0 {
		return err
	}
	return l.do("connect", func() error { return l.w.ConnectOnly(l.ctx, l.crew["ivy"], sandbox.ERP) })
}

// next does the one thing that is next.
func (l *life) next() error {
	open, err := l.open()
	if err != nil {
		return err
	}
	if open == nil {
		return l.file()
	}
	switch state, _ := open.Next(l.w.Clock.Now()); state {
	case change.Verifying:
		return l.verify(*open)
	case change.Reviewing:
		return l.approve(*open)
	case change.Disputed:
		return l.do("decide", func() error {
			return l.w.Desk.Decide(l.ctx, l.crew["sue"], open.ID, l.outcome(*open), "asked in person")
		})
	case change.Applied:
		return l.finish(*open)
	}
	return l.do("settle", func() error { return l.pass(25 * time.Hour) })
}

// open answers the oldest request that is not at its end.
func (l *life) open() (*change.Request, error) {
	all, err := every(l.w.Store.View(l.ctx))
	for i := range all {
		if all[i].End == "" || all[i].Frozen() {
			return &all[i], err
		}
	}
	return nil, err
}

// file files the next request: a new customer, or a change of the newest one.
func (l *life) file() error {
	page, err := l.w.Store.View(l.ctx).RecordIDs(customer.Person, "", 1000)
	if err != nil {
		return err
	}
	all, err := every(l.w.Store.View(l.ctx))
	if err != nil {
		return err
	}
	n := len(all)
	if len(page) == 0 || n%5 == 0 {
		return l.propose(desk.Proposal{RecordKind: customer.Person, Channel: "shop", Reason: "new", Items: []desk.Proposed{
			{Key: "legal_name", Value: value("王小芳")}, {Key: "phone", Value: value(fmt.Sprintf("138%08d", n))}}})
	}
	key, text := customer.Key("email"), fmt.Sprintf("life%d@wang.example", n)
	if n%2 == 0 {
		key, text = "interests", fmt.Sprintf(`["life %d"]`, n)
	}
	return l.propose(desk.Proposal{Record: page[len(page)-1].ID, Channel: "hotline", Reason: "again", Items: []desk.Proposed{{Key: key, Value: value(text)}}})
}

func (l *life) propose(p desk.Proposal) error {
	if err := l.do("pass", func() error { return l.pass(31 * 24 * time.Hour) }); err != nil {
		return err
	}
	return l.do("propose", func() error {
		_, err := l.w.Desk.Propose(l.ctx, l.crew["ada"], p)
		return err
	})
}

// pass lets time go by in one step, with everything that falls due.
func (l *life) pass(d time.Duration) error {
	l.w.Clock.Add(d)
	_, err := l.w.Settle(l.ctx)
	return err
}

func (l *life) verify(r change.Request) error {
	for _, g := range r.Wants(l.w.Clock.Now()) {
		switch g.Kind {
		case change.Evidence:
			return l.do("attest", func() error {
				return l.w.Desk.Attest(l.ctx, l.crew["sam"], r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name"})
			})
		case change.Authority:
			return l.prove(r, desk.Ask{Method: change.SMSCode, To: "phone"})
		}
	}
	contacts := r.Contacts(l.w.Clock.Now())
	if len(contacts) == 0 {
		return nil
	}
	ask := desk.Ask{Method: change.SMSCode, To: contacts[0], New: true}
	if contacts[0] == "email" {
		ask.Method = change.MailCode
	}
	return l.prove(r, ask)
}

// prove asks for a code and answers it. After a restart the mailbox is empty, and the code is asked for again.
func (l *life) prove(r change.Request, ask desk.Ask) error {
	s := story{ctx: l.ctx, world: l.w, at: r.ID, app: l.crew["app"]}
	to, err := s.destination(ask.To, ask.New)
	if err != nil {
		return err
	}
	sent, known := l.asked[string(r.ID)+to]
	if !known {
		l.w.Clock.Add(25 * time.Hour) // behind every limit on sending
		err := l.do("challenge", func() (err error) {
			sent, err = l.w.Desk.Challenge(l.ctx, l.crew["ada"], r.ID, ask)
			return err
		})
		if err != nil {
			return err
		}
		l.asked[string(r.ID)+to] = sent
	}
	if err := l.do("tell", func() error { _, err := l.w.Desk.Tell(l.ctx, 100); return err }); err != nil {
		return err
	}
	by, code, err := s.opened(asked{Sent: sent, change: r.ID, key: ask.To, new: ask.New, to: to})
	if err != nil {
		return err
	}
	return l.do("prove", func() error { return l.w.Desk.Prove(l.ctx, by, r.ID, sent.Challenge, code) })
}

func (l *life) approve(r change.Request) error {
	by := l.crew["bob"]
	if _, decided := r.DecidedBy(by.ID); decided {
		by = l.crew["bea"]
	}
	return l.do("approve", func() error { return l.w.Desk.Approve(l.ctx, by, r.ID, r.Hash(), "") })
}

// finish lets the systems follow, and then the customer has the last word: every third
// change is disputed, the others are confirmed.
func (l *life) finish(r change.Request) error {
	if err := l.do("deliver", func() error { return l.pass(time.Minute) }); err != nil {
		return err
	}
	customer := access.Actor{ID: string(r.Record), Sort: access.Customer, Via: l.crew["app"].ID}
	if r.Version%3 == 2 {
		return l.do("dispute", func() error { return l.w.Desk.Dispute(l.ctx, customer, r.ID, "") })
	}
	return l.do("confirm", func() error { return l.w.Desk.Confirm(l.ctx, customer, r.ID) })
}

func (l *life) outcome(r change.Request) change.Outcome {
	if r.AppliedAt.IsZero() {
		return change.Resume
	}
	return change.Keep
}
