package audit_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"amend/audit"
	"amend/fault"
)

// file is the receipt as JSON after alter has been at it.
func (s sample) file(t testing.TB, alter func(*audit.Receipt)) []byte {
	t.Helper()
	data, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var r audit.Receipt
	if err := json.Unmarshal(data, &r); err != nil { // a deep copy, so that no test alters another's receipt
		t.Fatal(err)
	}
	if alter != nil {
		alter(&r)
	}
	if data, err = r.JSON(); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReceiptVerifiesOffline(t *testing.T) {
	s := newSample(t, 100)
	v, err := audit.Verify(s.file(t, nil), s.Log.Key, s.witnessKeys()...)
	if err != nil || v.Failed != "" || len(v.Passed) != 5 {
		t.Fatalf("got %v, failed %q, passed %v", err, v.Failed, v.Passed)
	}
	if len(v.Witnesses) != 2 || v.Checkpoint.Size != 100 || v.Entries[0].Verb != "apply" {
		t.Fatalf("got witnesses %v, head %+v, entries %+v", v.Witnesses, v.Checkpoint, v.Entries)
	}
}

func TestReceiptOfTheFirstEntriesVerifiesToo(t *testing.T) {
	s := newSample(t, 6)
	if _, err := audit.Verify(s.file(t, nil), s.Log.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.HTML("en"); err != nil {
		t.Fatal(err)
	}
}

// alterations are changes to a good receipt, with the check that must find each.
var alterations = []struct {
	name  string
	check audit.Check
	alter func(*audit.Receipt)
}{
	{"format", audit.CheckForm, func(r *audit.Receipt) { r.Format = "amend.receipt.v2" }},
	{"no entries", audit.CheckForm, func(r *audit.Receipt) { r.Entries = nil }},
	{"shown value", audit.CheckSeal, func(r *audit.Receipt) { r.Statement.Lines[0].Now = "139 **** 9001" }},
	{"sealed value", audit.CheckSeal, func(r *audit.Receipt) { r.Statement.Lines[0].Openings[1].Content = "+8613900009001" }},
	{"step", audit.CheckSeal, func(r *audit.Receipt) { r.Statement.Steps[1].At = r.Statement.Steps[1].At.Add(time.Minute) }},
	{"zone of a time", audit.CheckSeal, func(r *audit.Receipt) { r.Statement.Issued = r.Statement.Issued.UTC() }},
	{"system added", audit.CheckSeal, func(r *audit.Receipt) {
		r.Statement.Systems = append(r.Statement.Systems, audit.Text{ZH: "银行", EN: "Bank"})
	}},
	{"seal", audit.CheckSeal, func(r *audit.Receipt) { r.Seal = r.Checkpoint }},
	{"checkpoint size", audit.CheckCheckpoint, func(r *audit.Receipt) {
		r.Checkpoint = strings.Replace(r.Checkpoint, "\n100\n", "\n101\n", 1)
	}},
	{"checkpoint is the seal", audit.CheckCheckpoint, func(r *audit.Receipt) { r.Checkpoint = r.Seal }},
	{"witness signature", audit.CheckCheckpoint, func(r *audit.Receipt) {
		at := strings.Index(r.Checkpoint, "group-audit ") + 40
		r.Checkpoint = r.Checkpoint[:at] + swapCase(r.Checkpoint[at:at+1]) + r.Checkpoint[at+1:]
	}},
	{"leaf", audit.CheckInclusion, func(r *audit.Receipt) {
		r.Entries[0].Leaf = bytes.Replace(r.Entries[0].Leaf, []byte("apply"), []byte("apple"), 1)
	}},
	{"leaf torn", audit.CheckInclusion, func(r *audit.Receipt) { r.Entries[0].Leaf = r.Entries[0].Leaf[:50] }},
	{"position", audit.CheckInclusion, func(r *audit.Receipt) { r.Entries[0].Pos++ }},
	{"negative position", audit.CheckInclusion, func(r *audit.Receipt) { r.Entries[0].Pos = -1 }},
	{"proof", audit.CheckInclusion, func(r *audit.Receipt) { r.Entries[0].Proof[2][0] ^= 1 }},
	{"proof shortened", audit.CheckInclusion, func(r *audit.Receipt) { r.Entries[0].Proof = r.Entries[0].Proof[1:] }},
	{"entry left out", audit.CheckOpenings, func(r *audit.Receipt) { r.Entries = r.Entries[1:] }},
}

func swapCase(c string) string {
	if c == "A" {
		return "B"
	}
	return "A"
}

func TestEveryAlterationIsFoundByItsCheck(t *testing.T) {
	s := newSample(t, 100)
	for _, a := range alterations {
		v, err := audit.Verify(s.file(t, a.alter), s.Log.Key, s.witnessKeys()...)
		if err == nil || v.Failed != a.check {
			t.Errorf("%s: failed %q with %v, want %q", a.name, v.Failed, err, a.check)
		}
	}
}

func TestReceiptIsCheckedAgainstTheReadersKeyAndNotItsOwn(t *testing.T) {
	s, thief := newSample(t, 100), newParty(t, "lanshi-2026-2", 77)
	if v, err := audit.Verify(s.file(t, nil), thief.Key); err == nil || v.Failed != audit.CheckSeal {
		t.Fatalf("got %v, failed %q", err, v.Failed)
	}
	if v, err := audit.Verify(s.file(t, nil), s.witnessKeys()[0], s.Log.Key); err == nil || v.Failed != audit.CheckSeal {
		t.Fatalf("a witness's key in the log's place: got %v, failed %q", err, v.Failed)
	}
	for _, keys := range [][]string{{"", ""}, {s.Log.Key, "torn"}} {
		if _, err := audit.Verify(s.file(t, nil), keys[0], keys[1]); fault.CodeOf(err) != "bad_key_text" {
			t.Errorf("got %v", err)
		}
	}
}

func TestOnlyKnownWitnessesCountAndEachOnce(t *testing.T) {
	s := newSample(t, 100)
	stranger, first := newParty(t, "stranger", 50).Key, s.witnessKeys()[0]
	for want, keys := range [][]string{{stranger, s.Log.Key}, {first, first, stranger}} {
		v, err := audit.Verify(s.file(t, nil), s.Log.Key, keys...)
		if err != nil || len(v.Witnesses) != want {
			t.Errorf("got %v, %v, want %d", v.Witnesses, err, want)
		}
	}
}

func TestReceiptThatProvesNothingIsNotIssued(t *testing.T) {
	s := newSample(t, 100)
	unopened := s.Statement
	unopened.Lines = []audit.Line{{Now: "139 **** 9000"}}
	if _, err := audit.Issue(unopened, s.Entries, []byte(s.Checkpoint), s.Log, s.Log.Key); fault.CodeOf(err) != "opening_wrong" {
		t.Errorf("a line without an opening: got %v", err)
	}
	later := s.Statement
	later.Steps = []audit.Step{{At: clock, Pos: 100}}
	if _, err := audit.Issue(later, s.Entries, []byte(s.Checkpoint), s.Log, s.Log.Key); fault.CodeOf(err) != "not_in_log" {
		t.Errorf("a step after the head: got %v", err)
	}
	other := newParty(t, "other", 60)
	if _, err := audit.Issue(s.Statement, s.Entries, []byte(s.Checkpoint), other, s.Log.Key); fault.CodeOf(err) != "bad_signature" {
		t.Errorf("another signer: got %v", err)
	}
}

func TestFaultsCarryNoValueOfTheCustomer(t *testing.T) {
	s := newSample(t, 100)
	for _, a := range alterations {
		_, err := audit.Verify(s.file(t, a.alter), s.Log.Key)
		for _, secret := range []string{"8613", "张江", "王"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %q tells %q", a.name, err, secret)
			}
		}
	}
}

func TestForeignFilesAreRefusedByForm(t *testing.T) {
	s := newSample(t, 100)
	huge := append(s.file(t, nil), bytes.Repeat([]byte(" "), 5<<20)...)
	for name, file := range map[string][]byte{
		"nothing": nil, "null": []byte("null"), "list": []byte("[]"), "two": append(s.file(t, nil), '{'),
		"unknown member": []byte(`{"format":"amend.receipt.v1","note":"hi"}`), "huge": huge, "binary": {0xff, 0xd8},
	} {
		if v, err := audit.Verify(file, s.Log.Key); err == nil || v.Failed != audit.CheckForm {
			t.Errorf("%s: got %v, failed %q", name, err, v.Failed)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := newSample(f, 6)
	f.Add(s.file(f, nil))
	want, _ := json.Marshal(s.Statement)
	f.Fuzz(func(t *testing.T, file []byte) {
		v, err := audit.Verify(file, s.Log.Key)
		if err != nil {
			return
		}
		if got, _ := json.Marshal(v.Receipt.Statement); !bytes.Equal(got, want) {
			t.Fatalf("verified another statement: %s", got)
		}
	})
}
