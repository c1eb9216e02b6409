package browser

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/lang"
	"amend/internal/sandbox"
	"amend/verify"
)

// A somebody is a customer as the tests know them.
type somebody struct {
	id    customer.ID
	lang  lang.Lang
	name  string
	phone string // as the record holds it
	mail  string
}

// A ground is what houses of these tests stand on: made once, then copied.
type ground struct {
	folder    string // of the database and of the systems' files
	keys      *keys.Master
	ends      time.Time // where the clock of a house goes on
	people    map[string]*person
	known     []somebody
	connected bool // the systems follow, and listen where the ground was made

	followable map[access.Purpose]string // links in messages of the house, by what they are for
}

// customers are everybody on record, by language.
func (g *ground) customers() map[lang.Lang][]*somebody {
	all := map[lang.Lang][]*somebody{}
	for _, s := range g.known {
		all[s.lang] = append(all[s.lang], &s)
	}
	return all
}

// foundation is a house where nothing happens yet: staff who can sign in, customers whose
// contacts were proven long enough ago. Its folder goes when the test binary ends.
var foundation = sync.OnceValues(func() (*ground, error) {
	folder, err := os.MkdirTemp("", "amend-browser-")
	if err != nil {
		return nil, err
	}
	g := &ground{folder: folder, people: map[string]*person{}, followable: map[access.Purpose]string{}}
	if g.keys, err = keys.New(rand.Reader); err != nil {
		return nil, err
	}
	w, err := sandbox.Open(context.Background(), sandbox.Config{
		URL: "sqlite://" + filepath.Join(folder, "amend.db"), Folder: filepath.Join(folder, "systems"), Keys: g.keys,
		Start: time.Date(2026, 1, 5, 10, 0, 0, 0, zone()), Rand: rand.Reader, Zone: zone(), Lang: "zh", Base: "https://portal.example.com",
	})
	if err != nil {
		return nil, err
	}
	return g, errors.Join((&mason{w, g}).build(context.Background()), w.Close())
})

// quiet keeps what operators read out of the way, but for what they must act on.
func quiet(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// crew is who works here.
func crew() [][2]string {
	return [][2]string{
		{"ada", "agent"}, {"sam", "agent"}, {"ann", "agent"}, {"bob", "approver"}, {"bea", "approver"}, {"sue", "steward"},
		{"olga", "owner"}, {"aud", "auditor"}, {"ivy", "integrator"}, {"otto", "operator"}, {"sid", "security"},
	}
}

// registered are the customers of the ground: enough for one of each language in every
// combination of a journey.
func registered() []somebody {
	zh := []string{"王小芳", "李明", "欧阳文博", "赵敏", "周雨桐", "林美玲", "黄志强", "吴子涵", "古丽娜尔·买买提", "司马静怡"}
	en := []string{"Ada Lovelace", "Grace Hopper", "Alan Turing", "Joan Clarke", "Mary Somerville", "George Boole", "James O'Connor", "Emily Johnson", "Jean-Luc Moreau", "Priya Raman"}
	var all []somebody
	for i, name := range zh {
		all = append(all, somebody{lang: lang.ZH, name: name, phone: fmt.Sprintf("+8613800138%03d", i), mail: fmt.Sprintf("kehu%d@mail.example", i)})
	}
	for i, name := range en {
		all = append(all, somebody{lang: lang.EN, name: name, phone: fmt.Sprintf("+8613600136%03d", i), mail: fmt.Sprintf("customer%d@mail.example", i)})
	}
	shared := somebody{lang: lang.ZH, name: "司马小宝", phone: all[len(zh)-1].phone, mail: "xiaobao@mail.example"} // her child's contact
	return append(all, shared)
}

// A mason builds the ground by the real verbs.
type mason struct {
	*sandbox.World
	ground *ground
}

func (m *mason) build(ctx context.Context) error {
	for _, p := range crew() {
		if err := m.hire(ctx, p[0], access.Role(p[1])); err != nil {
			return fmt.Errorf("hire %s: %w", p[0], err)
		}
	}
	for _, s := range registered() {
		if err := m.register(ctx, &s); err != nil {
			return fmt.Errorf("register %s: %w", s.name, err)
		}
		m.ground.known = append(m.ground.known, s)
	}
	for range 9 { // a channel speaks for a contact change once it is thirty days old
		m.Clock.Add(5 * 24 * time.Hour)
		if _, err := m.Settle(ctx); err != nil {
			return err
		}
	}
	m.ground.ends = m.Clock.Now()
	return nil
}

// hire names a person, and sets their password and app as their one-time link does.
func (m *mason) hire(ctx context.Context, name string, role access.Role) error {
	who, link, err := m.Desk.AddPerson(ctx, access.Actor{Name: name, Roles: []access.Role{role}, Department: "service"}, "")
	if err != nil {
		return err
	}
	token := link[strings.LastIndex(link, "/")+1:]
	_, secret, err := m.Desk.Invitation(ctx, token)
	if err != nil {
		return err
	}
	p := &person{id: who.ID, name: name, password: "amber kettle walks home", app: secret}
	_, err = m.Desk.Welcome(ctx, desk.Welcome{Link: token, Password: p.password, Code: verify.TOTPCode(secret, m.Clock.Now())})
	m.ground.people[name] = p
	return err
}

// register brings a customer on record: filed by ada, every contact answers, sam sees the
// document, bob and bea approve.
func (m *mason) register(ctx context.Context, s *somebody) error {
	language := map[lang.Lang]string{lang.ZH: "zh-Hans", lang.EN: "en"}[s.lang]
	filed, err := m.Desk.Propose(ctx, m.who("ada"), desk.Proposal{
		RecordKind: customer.Person, Channel: "shop", Reason: "new customer",
		Items: []desk.Proposed{
			{Key: "legal_name", Value: text(s.name)}, {Key: "phone", Value: text(s.phone)}, {Key: "email", Value: text(s.mail)},
			{Key: "address", Value: text("上海市浦东新区张江路 188 号")}, {Key: "language", Value: text(language)},
		},
	})
	if err != nil {
		return err
	}
	id := filed.Changes[0].ID
	m.Clock.Add(2 * time.Minute) // codes to one number keep a distance
	s.id = filed.Record
	for contact, to := range map[customer.Key]string{"phone": s.phone, "email": s.mail} {
		if err := m.answers(ctx, id, contact, to); err != nil {
			return err
		}
	}
	sight := desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name and photo"}
	if err := m.Desk.Attest(ctx, m.who("sam"), id, sight); err != nil {
		return err
	}
	for _, name := range []string{"bob", "bea"} {
		r, err := m.Store.View(ctx).Change(id)
		if err == nil {
			err = m.Desk.Approve(ctx, m.who(name), id, r.Hash(), "")
		}
		if err != nil {
			return err
		}
	}
	_, err = m.Settle(ctx)
	return err
}

// answers proves a new contact by the link in the message that it got.
func (m *mason) answers(ctx context.Context, id change.ID, contact customer.Key, to string) error {
	method := map[customer.Key]change.Method{"phone": change.SMSCode, "email": change.MailCode}[contact]
	if _, err := m.Desk.Challenge(ctx, m.who("ada"), id, desk.Ask{Method: method, To: contact, New: true}); err != nil {
		return err
	}
	if _, err := m.Settle(ctx); err != nil {
		return err
	}
	tap, err := m.Tap(ctx, to, access.Address, true)
	if err != nil {
		return err
	}
	return m.Desk.Prove(ctx, tap.By, id, tap.Challenge, tap.Code)
}

func (m *mason) who(name string) access.Actor { return actorOf(m.ground.people[name]) }

// actorOf is a person as every verb takes them.
func actorOf(p *person) access.Actor {
	for _, c := range crew() {
		if c[0] == p.name {
			return access.Actor{ID: p.id, Name: p.name, Sort: access.Staff, Roles: []access.Role{access.Role(c[1])}, Department: "service"}
		}
	}
	return access.Actor{}
}

// text is a value as a door hands it over: a list as it is, anything else as a text.
func text(s string) json.RawMessage {
	if strings.HasPrefix(s, "[") {
		return json.RawMessage(s)
	}
	raw, _ := json.Marshal(s)
	return raw
}
