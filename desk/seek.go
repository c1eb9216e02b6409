package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/quality"
	"amend/verify"
)

// A Search is how somebody asks the portal to find them.
type Search struct {
	By   string // phone, email, or number: of a membership, an account or a patient file
	Key  string // as it was typed
	From string // network prefix: asking is limited for each
}

// seekingLives is how long somebody may take to show that they are who they ask for.
const seekingLives = 30 * time.Minute

// numberFields are the fields that may stand on a card or a letter, and that find their
// holder. Knowing one proves nothing (ASVS V6.4.2): it is where to send a code.
var numberFields = []string{"account_no", "member_card", "patient_file_no"}

// Seek looks for a customer by a key that they know, sends a code to the contact on record,
// and answers the token of what happens next. For a key that nobody holds it does the same
// work and answers the same, so that a stranger learns nothing. Tests:
// TestHitAndMissAnswerAlike, TestCodeFromThePortalOpensOnesOwnRecord.
func (d *Desk) Seek(ctx context.Context, q Search) (token string, err error) {
	err = d.store.Write(ctx, "", func(tx *store.Tx) error {
		s, err := d.sought(tx, q)
		if err != nil {
			return err
		}
		token = keys.NewLinkToken(tx.Now(), tx.Rand())
		s.Hash, s.Ends, s.Word = keys.LinkHash(token), tx.Now().Add(seekingLives), pageWord(tx)
		return d.sendSeeking(tx, &s, q.From)
	})
	return token, err
}

// SeekAgain sends another code: to the same contact, or to one of another kind. It says
// neither whether there is one nor where the code went.
func (d *Desk) SeekAgain(ctx context.Context, token string, other bool, from string) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		s, err := tx.Seeking(keys.LinkHash(token), tx.Now())
		if err != nil {
			return err
		}
		if other {
			if s.Method == change.SMSCode {
				s.Method = change.MailCode
			} else {
				s.Method = change.SMSCode
			}
		}
		return d.sendSeeking(tx, &s, from)
	})
}

// sought reads what was typed, and looks whom it may mean.
func (d *Desk) sought(tx *store.Tx, q Search) (store.Seeking, error) {
	s := store.Seeking{By: q.By, Method: change.SMSCode}
	fields := []string{q.By}
	switch q.By {
	case "email":
		s.Method = change.MailCode
	case "number":
		fields = numberFields
	case "phone":
	default:
		return s, fault.New(fault.Invalid, "unknown_field", "field", "by")
	}
	for _, name := range fields {
		f, known := d.house.Catalog[name]
		if !known {
			continue
		}
		typed, _ := json.Marshal(q.Key)
		content, wrong := quality.Checker{Today: tx.Now()}.Normalise(f, typed)
		if wrong != nil && q.By != "number" {
			return s, wrong.On("key")
		}
		if content == "" {
			continue
		}
		s.Typed = content
		if err := d.mean(tx, &s, f, content); err != nil {
			return s, err
		}
	}
	if s.Typed == "" {
		s.Typed = customer.Content(strings.TrimSpace(q.Key))
	}
	if s.Typed == "" {
		return s, fault.New(fault.Invalid, "value_missing", "field", "key")
	}
	return s, nil
}

// mean adds the customers who hold a value: for an account's number, the one it belongs to.
func (d *Desk) mean(tx *store.Tx, s *store.Seeking, f customer.Field, c customer.Content) error {
	holders, err := tx.Holders(f, c)
	if err != nil {
		return err
	}
	for id, k := range holders {
		rec, err := tx.Record(id)
		if err != nil {
			return err
		}
		if rec, err = tx.Holder(rec); err != nil {
			return err
		}
		if v := rec.Values[k]; f.Channel() && (rec.ID != id || v.Grade == customer.GradeE) {
			continue // contested or dead: whoever answers there is nobody we know
		}
		if !slices.Contains(s.Records, rec.ID) {
			s.Records = append(s.Records, rec.ID)
		}
	}
	slices.Sort(s.Records)
	return nil
}

// sendSeeking makes a code and sends it, if there is somebody to send it to. What was typed
// is counted alike for hit and miss; what only a hit can run into is never said.
func (d *Desk) sendSeeking(tx *store.Tx, s *store.Seeking, from string) error {
	code := store.SentCode{ID: tx.NewID(), SentAt: tx.Now(), Expires: tx.Now().Add(verify.Lives(s.Method))}
	secret := sixDigits(tx)
	code.MAC = d.keys.CodeMAC(code.ID, secret)
	if err := d.maySend(tx, code.ID, "seek "+string(s.Method)+" "+string(s.Typed), from); err != nil {
		return err
	}
	rec, to, found, err := d.seekable(tx, s)
	if err != nil {
		return err
	}
	if found {
		code.To = to
	}
	s.Codes = append(s.Codes, code)
	s.Codes = s.Codes[max(0, len(s.Codes)-2):] // the last two are good, as for every challenge
	if found {
		if err := d.tellSeeking(tx, *s, rec, to, secret); err != nil {
			return err
		}
	}
	if err := logAct(tx, access.Amend(), "seek", rec.ID, nil, "by", s.By, "method", string(s.Method)); err != nil {
		return err
	}
	return tx.SaveSeeking(*s)
}

// seekable is where a code for s goes: the contact that was typed, or one of the wanted
// kind on the same record.
func (d *Desk) seekable(tx *store.Tx, s *store.Seeking) (rec customer.Record, to customer.Content, found bool, err error) {
	if len(s.Records) == 0 {
		return rec, "", false, nil
	}
	if rec, err = tx.Record(s.Records[0]); err != nil {
		return rec, "", false, err
	}
	want := seeking(s.Method)
	if s.Contact = d.holding(rec, want, s.Typed); s.Contact == "" {
		s.Contact = d.firstContact(rec, want)
	}
	v := rec.Values[s.Contact]
	if s.Contact == "" || v.Grade == customer.GradeE {
		return rec, "", false, nil
	}
	medium := notify.SMS
	if s.Method == change.MailCode {
		medium = notify.Mail
	}
	_, automatic := d.outside.Channels[medium] // a stranger's click never becomes somebody's task
	return rec, v.Content, automatic, nil
}

// seeking is the type of contact that a code goes to by a method.
func seeking(m change.Method) customer.Type {
	if m == change.MailCode {
		return customer.Email
	}
	return customer.Phone
}

// holding is the live contact of a type at which a record holds a value, the first of its
// keys; "" if it holds it nowhere.
func (d *Desk) holding(rec customer.Record, want customer.Type, c customer.Content) customer.Key {
	var at customer.Key
	for k, v := range rec.Values {
		f, _ := d.house.Catalog.Of(k)
		if v.Content == c && f.Type == want && f.Contact() && v.Grade != customer.GradeE && (at == "" || k < at) {
			at = k
		}
	}
	return at
}

// firstContact is the contact of a type that a customer is reached at first: proven before
// inherited, the main one before the others.
func (d *Desk) firstContact(rec customer.Record, want customer.Type) customer.Key {
	var first customer.Key
	for k, v := range rec.Values {
		f, _ := d.house.Catalog.Of(k)
		if f.Type != want || !f.Contact() || v.Grade == customer.GradeE {
			continue
		}
		was := rec.Values[first]
		if first == "" || was.ProvenSince.IsZero() && !v.ProvenSince.IsZero() || was.ProvenSince.IsZero() == v.ProvenSince.IsZero() && k < first {
			first = k
		}
	}
	return first
}

// tellSeeking queues the message with the code, unless its reader had enough of them today.
func (d *Desk) tellSeeking(tx *store.Tx, s store.Seeking, rec customer.Record, to customer.Content, secret string) error {
	err := take(tx, "to "+fmt.Sprint(d.keys.Token("destination", string(to))), verify.PerDestination())
	if fault.KindOf(err) == fault.Limited {
		return nil
	}
	if err != nil {
		return err
	}
	t := d.telling(tx, change.Request{}, rec)
	recipient := t.recipient(verify.Challenge{Method: s.Method, Contact: s.Contact}, string(to))
	minutes := fmt.Sprint(int(verify.Lives(s.Method).Minutes()))
	return t.send(notify.CodeLogin, recipient, "code", secret, "minutes", minutes, "word", s.Word)
}

// pageWord is a letter and a digit that stand on the page and in the message, so that a
// reader with two of each knows which belong together.
func pageWord(tx *store.Tx) string {
	b := random(tx.Rand(), 2)
	const letters = "ABCDEFGHJKMNPQRSTVWXYZ"
	return string(letters[int(b[0])%len(letters)]) + string('2'+b[1]%8)
}
