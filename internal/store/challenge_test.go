package store_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// code is a live challenge of a request.
func code(id string, of change.ID) verify.Challenge {
	return verify.Challenge{
		ID: id, Change: of, Record: "r", Gate: change.Authority, Method: change.SMSCode, Contact: "phone", New: true, Weak: true,
		MAC: []byte("mac of " + id), SentAt: morning, Expires: morning.Add(10 * time.Minute), State: verify.Live,
	}
}

func TestChallengeIsReadAsItWasAddedAndOnlyOfItsRequest(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		want := code("c1", "a")
		v.do(func(tx *store.Tx) error {
			tx.AddChallenge(want)
			tx.AddChallenge(code("c0", "a"))
			return nil
		})
		got, err := v.view().Challenge("a", "c1")
		if err != nil || string(got.MAC) != string(want.MAC) || !got.Expires.Equal(want.Expires) || !got.New || !got.Weak || got.Method != want.Method {
			t.Errorf("got %+v %v", got, err)
		}
		for _, of := range []change.ID{"b", ""} {
			if _, err := v.view().Challenge(of, "c1"); fault.CodeOf(err) != "no_challenge" {
				t.Errorf("request %q answers another's challenge: %v", of, err)
			}
		}
		all, err := v.view().Challenges("a")
		if err != nil || len(all) != 2 || all[0].ID != "c0" {
			t.Errorf("%v %v", all, err)
		}
	})
}

func TestOfManyWhoAnswerAChallengeAtOnceOneSucceeds(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { tx.AddChallenge(code("c1", "a")); return nil })
		var read sync.WaitGroup
		read.Add(8)
		used, refused := 0, 0
		for _, err := range crowd(8, func(int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error {
				c, err := tx.Challenge("a", "c1")
				if err != nil || !c.Open(morning) {
					return errors.Join(err, errors.New("not open"))
				}
				read.Done() // everybody has seen it open before anybody spends it
				read.Wait()
				tx.UseChallenge("c1")
				return nil
			})
		}) {
			switch {
			case err == nil:
				used++
			case fault.CodeOf(err) == "code_used":
				refused++
			default:
				t.Error(err)
			}
		}
		if used != 1 || refused != 7 {
			t.Errorf("%d used it, %d were refused", used, refused)
		}
	})
}

func TestVoidAndUsedCodesStayWhatTheyAre(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error {
			tx.AddChallenge(code("void", "a"))
			tx.AddChallenge(code("used", "a"))
			return nil
		})
		v.do(func(tx *store.Tx) error { tx.VoidChallenge("void"); tx.UseChallenge("used"); return nil })
		v.refused("code_used", func(tx *store.Tx) error { tx.UseChallenge("void"); return nil })
		v.do(func(tx *store.Tx) error { tx.VoidChallenge("used"); return nil })
		if c, _ := v.view().Challenge("a", "used"); c.State != verify.Used {
			t.Errorf("the used code is %s", c.State)
		}
	})
}

func TestMissesAtOnceAreCountedEachAndFiveRest(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		miss := func(int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error {
				was, err := tx.Guard("r", "phone")
				if err == nil {
					err = verify.Tries{Channel: was}.Allow(tx.Now())
				}
				if err != nil {
					return err
				}
				is, _ := verify.Tries{Channel: was}.Miss(tx.Now())
				return tx.SaveGuard("r", "phone", was, is.Channel)
			})
		}
		for _, err := range crowd(2, miss) {
			if err != nil {
				t.Error(err)
			}
		}
		if g, err := v.view().Guard("r", "phone"); err != nil || g.Misses != 2 {
			t.Errorf("two at once count %+v, %v", g, err)
		}
		rested := 0
		for _, err := range crowd(6, miss) {
			if fault.CodeOf(err) == "channel_rests" {
				rested++
			} else if err != nil {
				t.Error(err)
			}
		}
		if rested != 3 {
			t.Errorf("%d found the channel at rest, want all but three of six", rested)
		}
		if g, _ := v.view().Guard("r", "email"); g != (verify.Guard{}) {
			t.Errorf("another channel counts %+v", g)
		}
	})
}

func TestSendsUnderOneQuotaAreCountedEach(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		for _, err := range crowd(4, func(int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error {
				was, err := tx.Sends("from 10.0.0.0/24")
				if err != nil {
					return err
				}
				is, err := was.Take(verify.PerSource(), tx.Now())
				if err != nil {
					return err
				}
				return tx.SaveSends("from 10.0.0.0/24", was, is)
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if s, err := v.view().Sends("from 10.0.0.0/24"); err != nil || s.Count != 4 {
			t.Errorf("%+v %v", s, err)
		}
		v.clock.add(time.Hour)
		v.do(func(tx *store.Tx) error { tx.ForgetGuards(tx.Now()); return nil })
		if n := number(t, v.Store, `SELECT COUNT(*) FROM guard`); n != 0 {
			t.Errorf("%d old counters", n)
		}
	})
}

func TestLinkIsAskedOnceAndUnknownExpiredAndSpentAnswerAlike(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		link := access.Link{ID: hex.EncodeToString([]byte("hash")), Purpose: access.Dispute, Submission: "REQ-1", Change: "a", Contact: "phone", New: true}
		v.do(func(tx *store.Tx) error {
			tx.AddLink([]byte("hash"), "r", link, morning.Add(time.Hour))
			return nil
		})
		got, record, err := v.view().Link([]byte("hash"), morning)
		if err != nil || got != link || record != customer.ID("r") {
			t.Fatalf("%+v of %q, %v", got, record, err)
		}
		_, _, unknown := v.view().Link([]byte("other"), morning)
		_, _, expired := v.view().Link([]byte("hash"), morning.Add(time.Hour))
		used := 0
		for _, err := range crowd(4, func(int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error { tx.UseLink(link.ID); return nil })
		}) {
			if err == nil {
				used++
			} else if fault.CodeOf(err) != "link_used" {
				t.Error(err)
			}
		}
		if used != 1 {
			t.Errorf("used %d times", used)
		}
		_, _, spent := v.view().Link([]byte("hash"), morning)
		for name, err := range map[string]error{"unknown": unknown, "expired": expired, "spent": spent} {
			if fault.CodeOf(err) != "link_unknown" || err.Error() != unknown.Error() || fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOfManyWhoClaimAValueAtOnceEachFindsTheOneBefore(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		passport, _ := customer.Shipped().Of("passport")
		runs := make([]int, 8)
		var read sync.WaitGroup
		read.Add(len(runs))
		for _, err := range crowd(len(runs), func(i int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error {
				if err := tx.Claim(passport, "E12345678", change.ID(fmt.Sprint(i))); err != nil {
					return err
				}
				if runs[i]++; runs[i] == 1 {
					read.Done() // everybody has seen it unclaimed before anybody claims it
					read.Wait()
				}
				return nil
			})
		}) {
			if err != nil && !errors.Is(err, store.Stale) {
				t.Error(err)
			}
		}
		again := 0
		for _, n := range runs {
			again += n - 1
		}
		if again < len(runs)-1 {
			t.Errorf("%d of %d were run again", again, len(runs)-1)
		}
	})
}
