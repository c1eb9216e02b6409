package desk

import (
	"context"
	"fmt"
	"strings"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// Credentials are what a person signs in with, and from where.
type Credentials struct {
	Name     string
	Password string
	Code     string // of the authenticator app
	Device   string // the kind of browser
	From     string // network prefix: trying is limited for each
}

// SignIn opens a session for a person. A wrong name, a wrong password and a wrong code answer
// alike, cost the same time and count the same. Test: TestPersonSignsInWithPasswordAndCode.
func (d *Desk) SignIn(ctx context.Context, c Credentials) (Opened, error) {
	who, secret, err := d.keeper(ctx, c.Name)
	if err != nil {
		return Opened{}, err
	}
	known := d.holds(c.Password, secret.Password)
	var opened Opened
	var wrong error // a wrong try is an act that is stored, and then answered as a fault
	err = d.store.Write(ctx, string(d.doorOf(c.Name).who), func(tx *store.Tx) error {
		opened, wrong = Opened{}, nil
		if c.From != "" {
			if err := take(tx, "enter "+c.From, verify.PerEntrance()); err != nil {
				return err
			}
		}
		door := d.doorOf(c.Name)
		tries, err := d.entrance(tx, door)
		if err != nil {
			return err
		}
		step, fits := verify.TOTPHolds(secret.TOTP, digits(c.Code), secret.Step, tx.Now())
		if who.ID == "" || !known || !fits {
			wrong, err = d.wrongEntrance(tx, door, who, tries)
			return err
		}
		if err := d.rightEntrance(tx, door, tries); err != nil {
			return err
		}
		tx.UseStep(who.ID, step)
		opened = d.open(tx, store.Session{Sort: access.Staff, Holder: who.ID, Device: c.Device})
		return logAct(tx, who, "sign_in", "", nil, "session", opened.Session.ID)
	})
	if err == nil {
		err = wrong
	}
	return opened, err
}

// keeper answers who has this name, and what they sign in with; nobody for a name that is
// not known, or whose owner has not set a password yet.
func (d *Desk) keeper(ctx context.Context, name string) (access.Actor, store.Secret, error) {
	v := d.store.View(ctx)
	who, err := v.ActorNamed(strings.TrimSpace(name))
	if fault.KindOf(err) == fault.NotFound || err == nil && who.Sort != access.Staff {
		return access.Actor{}, store.Secret{}, nil
	}
	if err != nil {
		return access.Actor{}, store.Secret{}, err
	}
	secret, err := v.Secret(who.ID)
	return who, secret, err
}

// holds checks a password, a few at once: each takes 19 MiB.
func (d *Desk) holds(password, kept string) bool {
	d.turns <- struct{}{}
	defer func() { <-d.turns }()
	return verify.PasswordHolds(password, kept)
}

// A doorway is what the tries at one door are counted under.
type doorway struct {
	who customer.ID
	key customer.Key
}

// doorOf is where a name signs in, whether somebody has it or not.
func (d *Desk) doorOf(name string) doorway {
	return doorway{customer.ID(fmt.Sprintf("person %016x", uint64(d.keys.Token("name", strings.TrimSpace(name))))), "password"}
}

// stepDoor is where a person who is signed in shows the second factor again. Whoever tries
// their name from outside keeps them from none of their work.
func stepDoor(by access.Actor) doorway { return doorway{customer.ID("person " + by.ID), "step"} }

// entrance reads the guard of a door, and refuses while it rests. It has no count of the
// day: a stranger who knows a name must not be able to lock its owner out for one.
func (d *Desk) entrance(tx *store.Tx, at doorway) (verify.Tries, error) {
	guard, err := tx.Guard(at.who, at.key)
	if err != nil {
		return verify.Tries{}, err
	}
	tries := verify.Tries{Channel: guard}
	return tries, tries.Allow(tx.Now())
}

// rightEntrance forgets the misses before a try that held.
func (d *Desk) rightEntrance(tx *store.Tx, at doorway, was verify.Tries) error {
	if was.Channel.Misses == 0 {
		return nil
	}
	return tx.SaveGuard(at.who, at.key, was.Channel, was.Hit().Channel)
}

// wrongEntrance counts a try that did not hold, on record. The log names the person, never
// a name that is nobody's: it may be a password that was typed into the wrong field.
func (d *Desk) wrongEntrance(tx *store.Tx, at doorway, who access.Actor, was verify.Tries) (wrong, err error) {
	is, left := was.Miss(tx.Now())
	if err := tx.SaveGuard(at.who, at.key, was.Channel, is.Channel); err != nil {
		return nil, err
	}
	if err := logAct(tx, access.Amend(), "sign_in.miss", "", nil, "actor", who.ID, "left", fmt.Sprint(left)); err != nil {
		return nil, err
	}
	if left == 0 {
		return is.Allow(tx.Now()), nil
	}
	return fault.New(fault.Invalid, "sign_in_wrong", "left", left), nil
}

// digits takes out what people type between the digits of a code, and writes full-width
// digits as ASCII.
func digits(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '\u3000' || r == '\u00a0' || r == '\t' || r == '\n' || r == '\r':
			return -1
		}
		return r
	}, code)
}
