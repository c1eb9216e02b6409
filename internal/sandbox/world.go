package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"amend/access"
	"amend/connector"
	"amend/connector/sms"
	"amend/connector/smtp"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/dial"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// Config says where a world lives.
type Config struct {
	URL    string         // of the database
	Folder string         // for the files of the downstream systems
	Keys   *keys.Master   // nil: a new one
	Start  time.Time      // where the clock starts
	Rand   io.Reader      // source of entropy
	Zone   *time.Location // of the company
	Lang   notify.Lang
	Base   string // address of the customer site
}

// World is Amend with an outside world around it: a clock, a mailbox and three systems.
type World struct {
	Clock   *Clock
	Keys    *keys.Master
	Store   *store.Store
	Desk    *desk.Desk
	House   desk.House
	Mailbox *Mailbox
	CRM     *Receiver
	Mailing *Receiver
	ERP     *Table
	pool    *connector.Pool
	reached desk.Outside
	config  Config
}

// The ids of the three systems.
const (
	CRM     downstream.SystemID = "crm"
	ERP     downstream.SystemID = "erp"
	Mailing downstream.SystemID = "mailing"
)

// Open builds a world. The database may exist: then it goes on where it stood.
func Open(ctx context.Context, c Config) (*World, error) {
	w := &World{Clock: NewClock(c.Start), Keys: c.Keys, config: c}
	if w.Keys == nil {
		var err error
		if w.Keys, err = keys.New(c.Rand); err != nil {
			return nil, err
		}
	}
	if err := w.openOutside(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if err := w.openDesk(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) openOutside() (err error) {
	if err := os.MkdirAll(w.config.Folder, 0o700); err != nil {
		return err
	}
	if w.Mailbox, err = OpenMailbox(); err != nil {
		return err
	}
	w.Mailbox.clock = w.Clock
	if w.CRM, err = OpenReceiver(secret("crm")); err != nil {
		return err
	}
	if w.Mailing, err = OpenReceiver(secret("mailing")); err != nil {
		return err
	}
	w.ERP, err = OpenTable(w.config.Folder, "erp.db")
	return err
}

// secret makes a fixed signing secret: the sandbox protects nothing.
func secret(name string) []byte {
	b := make([]byte, 32)
	copy(b, "sandbox "+name)
	return b
}

func (w *World) openDesk(ctx context.Context) error {
	book, err := notify.Templates()
	if err != nil {
		return err
	}
	rules, err := notify.DefaultRules()
	if err != nil {
		return err
	}
	w.House = desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(w.config.Zone), Book: book, Rules: rules,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: w.config.Base, Lang: w.config.Lang,
	}
	if w.Store, err = store.Open(ctx, store.Options{URL: w.config.URL, Clock: w.Clock.Now, Rand: w.config.Rand, Keys: w.Keys, Catalog: w.House.Catalog}); err != nil {
		return err
	}
	if w.reached, err = w.outside(); err != nil {
		return err
	}
	w.Desk = desk.New(w.Store, w.Keys, w.House, w.reached)
	return w.Desk.Open(ctx, "amend.example.com/log")
}

func (w *World) outside() (desk.Outside, error) {
	guard, err := dial.New(dial.Config{Allow: []string{"127.0.0.0/8"}})
	if err != nil {
		return desk.Outside{}, err
	}
	w.pool = connector.NewPool(connector.Setup{Guard: guard, Folder: w.config.Folder, Now: w.Clock.Now})
	mail, err := smtp.New(smtp.Config{URL: w.Mailbox.MailURL, From: "no-reply@portal.example.com"})
	if err != nil {
		return desk.Outside{}, err
	}
	text, err := sms.New(sms.Config{URL: w.Mailbox.GatewayURL, Token: GatewayToken, Client: guard.Client(), Now: w.Clock.Now})
	if err != nil {
		return desk.Outside{}, err
	}
	return desk.Outside{
		Connector: w.pool.Of,
		Channels:  map[notify.Medium]notify.Channel{notify.Mail: mail, notify.SMS: text},
	}, nil
}

// Govern puts a policy in force, as activating a new version does.
func (w *World) Govern(p *policy.Policy) {
	w.House.Policy = p
	w.Desk = desk.New(w.Store, w.Keys, w.House, w.reached)
}

// Move says where the sites are reached from now on: links in messages lead there.
func (w *World) Move(base string) {
	w.House.BaseURL, w.House.StaffURL = base, ""
	w.Desk = desk.New(w.Store, w.Keys, w.House, w.reached)
}

// Close ends the world; the database stays.
func (w *World) Close() error {
	var errs []error
	if w.pool != nil {
		errs = append(errs, w.pool.Close())
	}
	if w.Store != nil {
		errs = append(errs, w.Store.Close())
	}
	if w.Mailbox != nil {
		errs = append(errs, w.Mailbox.Close())
	}
	for _, r := range []*Receiver{w.CRM, w.Mailing} {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	if w.ERP != nil {
		errs = append(errs, w.ERP.Close())
	}
	return errors.Join(errs...)
}

// Connect connects the three systems: a CRM and a mailing tool over signed webhooks, an ERP by SQL.
func (w *World) Connect(ctx context.Context, by access.Actor) error {
	return w.ConnectOnly(ctx, by, CRM, ERP, Mailing)
}

// ConnectOnly connects some of the three systems. The ERP is found again after a restart
// by the name of its file; the others listen elsewhere then.
func (w *World) ConnectOnly(ctx context.Context, by access.Actor, ids ...downstream.SystemID) error {
	kinds := []customer.Kind{customer.Person, customer.Organization}
	fields := []downstream.Subscription{{Key: "legal_name"}, {Key: "phone"}, {Key: "email"}, {Key: "address"}}
	systems := []struct {
		downstream.System
		secret []byte
	}{
		{downstream.System{ID: CRM, Name: "CRM", Connector: "webhook", Settings: hook(w.CRM.URL), Fields: append(fields, downstream.Subscription{Key: "class:preference"}), Kinds: kinds, Owner: "sales"}, w.CRM.Secret()},
		{downstream.System{ID: ERP, Name: "ERP", Connector: "sqltable", Settings: tableSettings(), Fields: tableFields(), Kinds: kinds, Owner: "finance"}, []byte("sqlite:" + w.ERP.File)},
		{downstream.System{ID: Mailing, Name: "Mailing", Connector: "webhook", Settings: hook(w.Mailing.URL), Fields: fields[:3], Kinds: kinds, Owner: "marketing"}, w.Mailing.Secret()},
	}
	for _, s := range systems {
		if !slices.Contains(ids, s.ID) {
			continue
		}
		if err := w.Desk.AddSystem(ctx, by, s.System, s.secret); err != nil {
			return fmt.Errorf("connect %s: %w", s.ID, err)
		}
	}
	return nil
}

func hook(url string) json.RawMessage {
	raw, _ := json.Marshal(map[string]string{"url": url, "source": "https://amend.example.com"})
	return raw
}

func tableSettings() json.RawMessage {
	return json.RawMessage(`{"table":"partner","key_column":"customer_id","version_column":"amend_seq","gone_column":"gone",
		"columns":{"name":"name","mobile":"mobile","mail":"mail","address":"address"}}`)
}

func tableFields() []downstream.Subscription {
	return []downstream.Subscription{
		{Key: "legal_name", As: "name"}, {Key: "phone", As: "mobile", Main: true}, {Key: "email", As: "mail", Main: true}, {Key: "address", As: "address", Main: true},
	}
}

// Settle does everything that is due now, until nothing is. It answers how much it did.
func (w *World) Settle(ctx context.Context) (int, error) {
	total := 0
	for round := 0; round < 100; round++ {
		did, err := w.round(ctx)
		if total += did; err != nil || did == 0 {
			return total, err
		}
	}
	return total, errors.New("the world does not settle")
}

func (w *World) round(ctx context.Context) (int, error) {
	did, err := w.Desk.Sequence(ctx)
	if err != nil {
		return did, err
	}
	due, err := w.Store.View(ctx).DueChanges(w.Store.Now(), 100)
	if err != nil {
		return did, err
	}
	for _, id := range due {
		if err := w.Desk.Due(ctx, id); err != nil {
			return did, err
		}
		did++
	}
	systems, err := w.Store.View(ctx).Systems()
	if err != nil {
		return did, err
	}
	for _, s := range systems {
		n, err := w.Desk.Deliver(ctx, s.ID, 100)
		if err != nil {
			return did, err
		}
		did += n
	}
	for _, verb := range []func(context.Context, int) (int, error){w.Desk.Tell, w.Desk.EndHolds} {
		n, err := verb(ctx, 100)
		if err != nil {
			return did, err
		}
		did += n
	}
	return did, nil
}
