package audit_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"amend/audit"
	"amend/fault"
)

func TestSignedCheckpointReadsBack(t *testing.T) {
	log := newParty(t, "amend.example/log", 1)
	var m memory
	m.append(life(5)...)
	want, signed := m.head(t, log, clock)
	got, by, err := audit.OpenCheckpoint(signed, log.Verifier)
	if err != nil || got != want || len(by) != 0 {
		t.Fatalf("got %+v by %v, %v", got, by, err)
	}
	if !strings.HasPrefix(string(signed), "amend.example/log\n5\n") {
		t.Fatalf("not a c2sp checkpoint:\n%s", signed)
	}
}

func TestCheckpointOfAnotherKeyOrWithAnotherTextIsRefused(t *testing.T) {
	log, thief := newParty(t, "log", 1), newParty(t, "log", 9)
	var m memory
	m.append(life(5)...)
	_, signed := m.head(t, log, clock)
	_, forged := m.head(t, thief, clock)
	for name, note := range map[string][]byte{
		"another key":   forged,
		"altered size":  bytes.Replace(signed, []byte("\n5\n"), []byte("\n4\n"), 1),
		"no signature":  signed[:bytes.Index(signed, []byte("\n\n"))+1],
		"nothing":       nil,
		"a binary file": {0, 1, 2},
	} {
		if _, _, err := audit.OpenCheckpoint(note, log.Verifier); fault.CodeOf(err) != "bad_signature" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWitnessCannotSpeakForTheLog(t *testing.T) {
	log, witness := newParty(t, "log", 1), newParty(t, "witness", 2)
	var m memory
	m.append(life(3)...)
	_, signed := m.head(t, witness, clock)
	if _, _, err := audit.OpenCheckpoint(signed, log.Verifier, witness.Verifier); fault.CodeOf(err) != "bad_signature" {
		t.Fatalf("got %v", err)
	}
	c := audit.Checkpoint{Origin: "witness"}
	if _, err := c.Sign(log); fault.CodeOf(err) != "origin_not_key" {
		t.Fatalf("got %v", err)
	}
}

func TestLogKeyIsMadeFromTheEntropyGiven(t *testing.T) {
	s1, v1, _ := audit.NewLogKey(seeded(5), "log")
	s2, v2, _ := audit.NewLogKey(seeded(5), "log")
	s3, _, _ := audit.NewLogKey(seeded(6), "log")
	if s1 != s2 || v1 != v2 || s1 == s3 {
		t.Fatal("the key does not follow the entropy")
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "amend.receipt.v1", "\xff"} {
		if _, _, err := audit.NewLogKey(seeded(5), name); fault.CodeOf(err) != "bad_log_name" {
			t.Errorf("%q: got %v", name, err)
		}
	}
	if _, _, err := audit.NewLogKey(bytes.NewReader(nil), "log"); err == nil {
		t.Error("a key without entropy")
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	log := newParty(f, "log", 1)
	var m memory
	m.append(life(3)...)
	_, signed := m.head(f, log, clock)
	f.Add(signed)
	f.Add([]byte("log\n3\n\nat x\n\n— log AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := audit.OpenCheckpoint(b, log.Verifier); err == nil && c.Size != 3 {
			t.Fatalf("forged %+v", c)
		}
	})
}

// FuzzSignedText signs whatever text it is given: what opens must be what Text writes.
func FuzzSignedText(f *testing.F) {
	f.Add("log", int64(7), int64(0))
	f.Fuzz(func(t *testing.T, origin string, size, micros int64) {
		c := audit.Checkpoint{Origin: origin, Size: size, At: time.UnixMicro(micros)}
		if _, _, err := audit.NewLogKey(seeded(1), origin); err != nil {
			return
		}
		p := newParty(t, origin, 1)
		signed, err := c.Sign(p)
		if err != nil {
			return
		}
		if got, _, err := audit.OpenCheckpoint(signed, p.Verifier); err == nil && got.Text() != c.Text() {
			t.Fatalf("%q reads as %q", c.Text(), got.Text())
		}
	})
}

func newWitness(p, log party) audit.Witness {
	return audit.Witness{Log: log.Verifier, Signer: p, Own: p.Verifier}
}

func TestWitnessCosignsWhatExtendsWhatItSaw(t *testing.T) {
	log, w1, w2 := newParty(t, "log", 1), newParty(t, "w1", 2), newParty(t, "w2", 3)
	var m memory
	m.append(life(5)...)
	_, first := m.head(t, log, clock)
	seen, err := newWitness(w1, log).Update(nil, first, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.append(life(9)...)
	_, second := m.head(t, log, clock.Add(time.Minute))
	p, _ := audit.Consistency(5, 14, m.read)
	if second, err = newWitness(w1, log).Update(seen, second, p); err != nil {
		t.Fatal(err)
	}
	both, err := newWitness(w2, log).Update(nil, second, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, by, err := audit.OpenCheckpoint(both, log.Verifier, w1.Verifier, w2.Verifier)
	if err != nil || c.Size != 14 || len(by) != 2 {
		t.Fatalf("got %+v by %v, %v", c, by, err)
	}
}

func TestWitnessRefusesARewindAForkAndAForeignMemory(t *testing.T) {
	log, w, stranger := newParty(t, "log", 1), newParty(t, "w", 2), newParty(t, "w", 8)
	var m, fork memory
	m.append(life(9)...)
	_, head := m.head(t, log, clock)
	seen, err := newWitness(w, log).Update(nil, head, nil)
	if err != nil {
		t.Fatal(err)
	}
	fork.append(life(4)...)
	_, short := fork.head(t, log, clock)
	fork.append(life(8)...)
	_, forked := fork.head(t, log, clock)
	p, _ := audit.Consistency(9, 12, fork.read)
	for name, next := range map[string][]byte{"rewind": short, "fork": forked} {
		if _, err := newWitness(w, log).Update(seen, next, p); fault.CodeOf(err) != "log_rewritten" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := newWitness(stranger, log).Update(seen, head, nil); fault.CodeOf(err) != "not_witnessed" {
		t.Errorf("memory of another key: got %v", err)
	}
	if _, err := newWitness(w, log).Update([]byte("torn"), head, nil); fault.CodeOf(err) != "bad_signature" {
		t.Errorf("torn memory: got %v", err)
	}
	if _, err := newWitness(w, log).Update(seen, []byte("torn"), nil); fault.CodeOf(err) != "bad_signature" {
		t.Errorf("torn head: got %v", err)
	}
	if _, err := newWitness(w, log).Update(seen, seen, nil); err != nil {
		t.Errorf("the same head again: %v", err)
	}
}
