package e2e

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/intake"
	"amend/internal/sandbox"
	"amend/internal/work"
)

// tell tells a story in the house that is open.
func (k *keeper) tell(t *testing.T, path string) {
	t.Helper()
	told := t.Run("story", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Files: []string{path}, Cmds: k.commands(), Setup: func(env *testscript.Env) error {
			env.Values[storyKey{}] = k.story
			return nil
		}})
	})
	if !told {
		t.FailNow()
	}
}

// commands are the words of every story, and those of a house that is kept.
func (k *keeper) commands() map[string]func(*testscript.TestScript, bool, []string) {
	all := commands()
	for name, act := range map[string]func(words) error{
		"outside": k.outside, "load": k.load, "found": k.finds, "keep": k.keep, "recall": k.recall, "erp": k.erp, "post": k.post, "link": k.link, "serve": k.serve,
	} {
		all[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s is an act", name)
			}
			ts.Check(act(read(args)))
		}
	}
	return all
}

// outside opens the doors for clients, and connects two systems: one follows in a table
// that stands in the data directory, the other one wants nothing that this house changes.
func (k *keeper) outside(words) (err error) {
	if k.app, _, err = k.world.Desk.AddToken(k.ctx, access.Actor{Name: "app", Roles: []access.Role{access.App}}); err != nil {
		return err
	}
	k.people["app"] = k.app
	if _, k.Token, err = k.world.Desk.AddToken(k.ctx, access.Actor{Name: "ada"}); err != nil {
		return err
	}
	if err := k.world.ConnectOnly(k.ctx, k.people["ivy"], sandbox.ERP); err != nil {
		return err
	}
	return k.world.Desk.AddSystem(k.ctx, k.people["ivy"], downstream.System{
		ID: "billing", Name: "Billing", Connector: "webhook", Settings: json.RawMessage(`{"url":"https://billing.example.com/amend","source":"https://amend.example.com"}`),
		Fields: []downstream.Subscription{{Key: "billing_email"}}, Kinds: []customer.Kind{customer.Account}, Owner: "finance", Region: "CN",
	}, k.world.CRM.Secret())
}

// load WHO [N] goes on with the table of the kept folder, as the command does: with its
// next N rows, or to its end.
func (k *keeper) load(w words) error {
	by, err := k.who(w.at(0))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(k.home, keptOlds))
	if err != nil {
		return err
	}
	rows, err := k.rows(text)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(text)
	run, err := k.world.Desk.StartImport(k.ctx, by, desk.ImportStart{Name: keptOlds, Digest: hex.EncodeToString(digest[:])})
	if err != nil {
		return err
	}
	var next []desk.ImportRow
	for _, row := range rows {
		if row.Line > int(run.Line) {
			next = append(next, row)
		}
	}
	end := w.at(1) == ""
	if !end {
		next = next[:atoi(w.at(1))]
	}
	if run, _, err = k.world.Desk.ImportRows(k.ctx, by, run, next); err == nil && end {
		err = k.world.Desk.FinishImport(k.ctx, by, run)
	}
	return err
}

func (k *keeper) rows(text []byte) (rows []desk.ImportRow, err error) {
	table, err := intake.NewReader(bytes.NewReader(text), intake.Options{})
	if err != nil {
		return nil, err
	}
	mapping, _ := intake.GuessMapping(table.Header(), k.world.House.Catalog)
	binding, err := mapping.Bind(table.Header())
	if err != nil {
		return nil, err
	}
	for feed := intake.NewFeed(table, binding); ; {
		line, values, faults, err := feed.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, desk.ImportRow{Line: line, Kind: mapping.Kind, Values: values, Faults: faults})
	}
}

// found RECORD TYPED… says that each thing typed finds the record, and that it must when the
// house is opened again. A name that the story did not give is somebody of the load.
func (k *keeper) finds(w words) error {
	for _, typed := range w.rest(1) {
		if err := k.searched(w.at(0), typed); err != nil {
			return err
		}
		k.Found[w.at(0)] = append(k.Found[w.at(0)], typed)
	}
	return nil
}

// keep receipt, keep link and keep code KEY keep what a customer holds: the receipt of the
// request at hand, the link to confirm it, the code that was sent to the old KEY.
func (k *keeper) keep(w words) error {
	switch w.at(0) {
	case "receipt":
		r, err := k.world.Desk.Receipt(k.ctx, k.people["bob"], k.at)
		if err != nil {
			return err
		}
		text, err := r.JSON()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(k.home, keptProof), text, 0o600)
	case "link":
		_, err := k.linked(access.Confirm, words{})
		k.Link = k.spent
		return err
	case "code":
		a, err := k.answering(words{plain: []string{"old", w.at(1)}})
		if err != nil {
			return err
		}
		_, secret, err := k.opened(a)
		k.Code = [2]string{a.Challenge, secret}
		return err
	}
	return fmt.Errorf("%q cannot be kept", w.at(0))
}

// recall answers the code that was sent before the house was closed, for the request at hand.
func (k *keeper) recall(words) error {
	r, err := k.request()
	if err != nil {
		return err
	}
	by := access.Actor{ID: string(r.Record), Sort: access.Customer, Via: k.app.ID}
	return k.world.Desk.Prove(k.ctx, by, k.at, k.Code[0], k.Code[1])
}

// link takes the customer's link of then: say confirm again.
func (k *keeper) link(words) error {
	k.spent = k.Link
	return nil
}

// serve does all that is due as a server does, which is killed then: its leases stay.
func (k *keeper) serve(words) error {
	for loop := work.New(work.Config{Desk: k.world.Desk}); ; {
		if did, err := loop.Once(k.ctx); did == 0 || err != nil {
			return err
		}
	}
}

// post files a new customer through the API, under an idempotency key.
func (k *keeper) post(words) error {
	k.Asked = k.ask(exchange{Path: "/api/v1/customers", Key: "kept for ever",
		Body: `{"kind":"person","channel":"shop","reason":"new customer","items":[{"field":"legal_name","value":"陆游"},{"field":"phone","value":"13900139010"}]}`})
	if k.Asked.Status != 201 {
		return fmt.Errorf("the API answers %d %s", k.Asked.Status, k.Asked.Answer)
	}
	return nil
}

// erp refuses RECORD lets the table of the ERP refuse one record for good; erp takes lets it
// take every one again.
func (k *keeper) erp(w words) (err error) {
	db, err := sql.Open("sqlite", filepath.Join(k.folder, k.world.ERP.File)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.Exec(`DROP TRIGGER IF EXISTS refused`); err != nil || w.at(0) == "takes" {
		return err
	}
	id, err := k.record(w.at(1))
	if err != nil {
		return err
	}
	_, err = db.Exec(`CREATE TRIGGER refused BEFORE INSERT ON partner WHEN NEW.customer_id = '` + string(id) + `' BEGIN SELECT RAISE(ABORT, 'refused'); END`)
	return err
}
