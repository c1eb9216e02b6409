package policy

import (
	"math/rand/v2"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// lived is a request that went through every gate of the shipped plan for a case's line.
func lived(t *testing.T, line string) *life {
	t.Helper()
	f, key := readFacts(t, line)
	f = f.at(key)
	l := begin(f, Shipped().PlanFor(f, key), rand.New(rand.NewPCG(1, 1)))
	l.live(t)
	check(t, l.r, l.g, "")
	return l
}

func TestTakeoverWithOnlyTheNewPhoneNeverApplies(t *testing.T) {
	for _, c := range []struct {
		what  string
		tweak func(p *change.Proof)
	}{
		{"a code to the new phone", func(p *change.Proof) { p.New = true }},
		{"a code for the reachability gate", func(p *change.Proof) { p.Gate = change.Reachability }},
		{"a mail link", func(p *change.Proof) { p.Method, p.Contact = change.MailLink, "email" }},
		{"a mail code alone", func(p *change.Proof) { p.Method, p.Contact = change.MailCode, "email" }},
		{"a letter alone", func(p *change.Proof) { p.Method, p.Contact = change.Letter, "postal" }},
		{"a code that staff entered", func(p *change.Proof) { p.By = change.Party{ID: "clerk", Sort: access.Staff} }},
		{"a call-back that the customer attests", func(p *change.Proof) { p.Method = change.Callback }},
		{"an SMS code to a mail address", func(p *change.Proof) { p.Contact = "email" }},
		{"a code to a contact that isn't on record", func(p *change.Proof) { p.Contact = "phone/second" }},
		{"a code from the future", func(p *change.Proof) { p.At = filed.Add(day) }},
		{"a code without a time", func(p *change.Proof) { p.At = time.Time{} }},
		{"an original sighted", func(p *change.Proof) { p.Method, p.By.Sort = change.Sighted, access.Staff }},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := lived(t, "update phone")
			for i := range l.r.Proofs {
				if l.r.Proofs[i].Gate == change.Authority {
					p := l.proof(change.Authority, change.SMSCode)
					p.At = filed
					c.tweak(&p)
					l.r.Proofs[i] = p
				}
			}
			l.g.Now = filed.Add(time.Hour)
			check(t, l.r, l.g, "floor_no_authority")
		})
	}
}

func TestChannelMustHaveBeenProvenBeforeTheRequest(t *testing.T) {
	for _, c := range []struct {
		line, code string
		proven     time.Duration // before filing
	}{
		{"update phone", "", 30 * day},
		{"update phone", "floor_no_authority", 30*day - time.Second},
		{"update phone", "floor_no_authority", -time.Minute},
		{"update bank_account", "", time.Second},
		{"update bank_account", "floor_no_authority", 0},
		{"update bank_account", "floor_no_authority", -time.Minute},
	} {
		l := lived(t, c.line)
		v := l.g.Holder.Values["phone"]
		v.ProvenSince = filed.Add(-c.proven)
		l.r.Proofs[0] = l.proof(change.Authority, change.SMSCode)
		l.g.Holder.Values["phone"] = v
		check(t, rebound(l.r), l.g, c.code)
	}
}

func TestContestedOrSharedContactIsNoAuthority(t *testing.T) {
	l := lived(t, "update bank_account")
	l.g.Doubted = []customer.Key{"phone"}
	check(t, l.r, l.g, "floor_no_authority")
	l = lived(t, "update bank_account")
	v := l.g.Holder.Values["phone"]
	v.Grade = customer.GradeE
	l.g.Holder.Values["phone"] = v
	check(t, l.r, l.g, "floor_no_authority")
}

func TestMailCodeForAPhoneCountsBesideASecondProof(t *testing.T) {
	l := lived(t, "update phone")
	mail, sighted := l.proof(change.Authority, change.MailCode), l.proof(change.Authority, change.Sighted)
	l.r.Proofs = []change.Proof{mail}
	check(t, l.r, l.g, "floor_no_authority")
	l.r.Proofs = []change.Proof{mail, mail}
	check(t, l.r, l.g, "floor_no_authority")
	l.r.Proofs = []change.Proof{mail, sighted}
	check(t, l.r, l.g, "")
}

func TestWhoFilesCannotMakeTheCallThatAuthorises(t *testing.T) {
	for _, role := range []string{"filer", "collector"} {
		l := lived(t, "update bank_account by=staff")
		l.r.Collector = &change.Party{ID: "collector", Sort: access.Staff}
		for i := range l.r.Proofs {
			if l.r.Proofs[i].Method == change.Callback {
				l.r.Proofs[i].By = change.Party{ID: role, Sort: access.Staff}
			}
		}
		check(t, rebound(l.r), l.g, "floor_no_authority")
	}
}

func TestNobodyApprovesWhatTheyFiledCollectedOrAttested(t *testing.T) {
	for _, line := range []string{"update interest by=staff", "update phone by=staff", "update phone authority=none by=staff", "create phone by=staff"} {
		l := lived(t, line)
		l.r.Collector = &change.Party{ID: "collector", Sort: access.Staff}
		parties := []string{"filer", "collector"}
		for _, p := range l.r.Proofs {
			if p.By.Sort == access.Staff {
				parties = append(parties, p.By.ID)
			}
		}
		for _, id := range parties {
			own, delegated := rebound(l.r), rebound(l.r)
			own.Decisions[0].By.ID = id
			check(t, own, l.g, "floor_own_hand")
			delegated.Decisions[0].For = id
			check(t, delegated, l.g, "floor_own_hand")
		}
	}
}

func TestWeakAuthorityNeedsAPersonThreeDaysAndHolds(t *testing.T) {
	l := lived(t, "update email authority=weak age=90")
	early, unheld, alone := l.g, l.g, l.r
	early.Now = early.Now.Add(-time.Hour)
	check(t, l.r, early, "floor_too_early")
	unheld.Holds = []string{payout}
	check(t, l.r, unheld, "floor_no_hold")
	alone.Decisions = nil
	check(t, alone, l.g, "floor_too_few_people")
}

func TestWeakAuthorityOfAStrongChannelStaysWeak(t *testing.T) {
	l := lived(t, "update email")
	l.r.Proofs[0].Weak = true
	check(t, l.r, l.g, "floor_too_few_people")
}

func TestRecoveryNeedsTwoHandsTwoPeopleThreeDaysAndHolds(t *testing.T) {
	l := lived(t, "update phone authority=none")
	for i, p := range l.r.Proofs {
		if p.Gate == change.Evidence {
			dropped := l.without(func(q change.Proof) bool { return q.Gate == change.Evidence && q.At.Equal(l.r.Proofs[i].At) })
			check(t, dropped, l.g, "floor_no_authority")
		}
	}
	early, unheld, lone := l.g, l.g, rebound(l.r)
	early.Now = early.Now.Add(-time.Hour)
	check(t, l.r, early, "floor_too_early")
	unheld.Holds = nil
	check(t, l.r, unheld, "floor_no_hold")
	lone.Decisions = lone.Decisions[:1]
	check(t, lone, l.g, "floor_too_few_people")
}

func TestOnePersonsTwoProofsAreNotIndependent(t *testing.T) {
	l := lived(t, "update phone authority=none")
	one := change.Party{ID: "clerk", Sort: access.Staff}
	call := l.proof(change.Evidence, change.Callback)
	sighted := change.Proof{Gate: change.Evidence, Method: change.Sighted, By: one, At: filed}
	document := change.Proof{Gate: change.Evidence, Method: change.Document, By: one, At: filed}
	for _, c := range []struct {
		proofs []change.Proof
		code   string
	}{
		{[]change.Proof{sighted, document}, "floor_no_authority"},
		{[]change.Proof{call, call}, "floor_no_authority"},
		{[]change.Proof{sighted, call}, ""},
	} {
		l.r.Proofs = c.proofs
		l.g.Now = call.At.Add(100 * day)
		check(t, rebound(l.r), l.g, c.code)
	}
	v := l.g.Holder.Values["phone"]
	v.HeldSince = filed.Add(-29 * day)
	l.g.Holder.Values["phone"] = v
	check(t, rebound(l.r), l.g, "floor_no_authority")
}

func TestApprovalOfOtherContentOrByOneVoiceDoesNotCount(t *testing.T) {
	l := lived(t, "update phone authority=none")
	swapped := l.r
	swapped.Items = []change.Item{{Key: "phone", Now: "another"}}
	check(t, swapped, l.g, "floor_too_few_people")
	for _, tweak := range []func(a, b *change.Decision){
		func(a, b *change.Decision) { b.By = a.By },
		func(a, b *change.Decision) { b.For = a.By.ID },
		func(a, b *change.Decision) { b.Verdict = change.Rejected },
		func(a, b *change.Decision) { b.By.Sort = access.Client },
	} {
		r := rebound(l.r)
		tweak(&r.Decisions[0], &r.Decisions[1])
		check(t, r, l.g, "floor_too_few_people")
	}
}

func TestCreateAndEnrolmentAreForBeginningsOnly(t *testing.T) {
	l := lived(t, "create phone")
	l.g.Version = 1
	check(t, l.r, l.g, "floor_not_first")

	l = lived(t, "enrol phone")
	l.g.Holder.Values = map[customer.Key]customer.Value{"postal": {Content: "somewhere"}}
	check(t, l.r, l.g, "floor_not_first")
	l.g.Holder.Values = map[customer.Key]customer.Value{"name": {Content: "Ada"}}
	check(t, l.r, l.g, "")
	l.g.Holder.Former = []customer.Former{{Key: "email", Until: filed.Add(-89 * day)}}
	check(t, l.r, l.g, "floor_not_first")
	l.g.Holder.Former[0].Until = filed.Add(-91 * day)
	check(t, l.r, l.g, "")
}

func TestCreateNeedsEvidenceAReviewerAndEveryContactReached(t *testing.T) {
	l := lived(t, "create phone")
	l.r.Items = append(l.r.Items, change.Item{Key: "email", Now: "ada@new.example"}, change.Item{Key: "postal", Now: "{}"})
	check(t, rebound(l.r), l.g, "floor_not_reached")
	l.r.Proofs = append(l.r.Proofs, change.Proof{Gate: change.Reachability, New: true, Method: change.MailLink, Contact: "email", At: filed})
	check(t, rebound(l.r), l.g, "")
	check(t, l.without(func(p change.Proof) bool { return p.Gate == change.Evidence }), l.g, "floor_no_evidence")
	l.r.Decisions = nil
	check(t, l.r, l.g, "floor_too_few_people")
}

func TestItemThatTheCatalogueDoesNotKnowIsGuarded(t *testing.T) {
	r := change.Request{ID: "r1", Kind: change.Update, Items: []change.Item{{Key: "unheard_of", Now: "x"}}, FiledAt: filed}
	check(t, r, Ground{Now: filed, Catalog: catalogue(), Version: 1}, "floor_no_authority")
	r.Items[0].Key = "interest"
	check(t, r, Ground{Now: filed, Catalog: catalogue(), Version: 1}, "")
}
