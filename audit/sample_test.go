package audit_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
)

var shanghai = time.FixedZone("", 8*3600)

// seeded is a stream of random bytes that is the same in every run.
func seeded(seed byte) io.Reader {
	return rand.NewChaCha8(sha256.Sum256([]byte{seed}))
}

// party is a log or a witness with its key.
type party struct {
	note.Signer
	Verifier note.Verifier
	Key      string
}

func newParty(t testing.TB, name string, seed byte) party {
	t.Helper()
	skey, vkey, err := audit.NewLogKey(seeded(seed), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return party{Signer: s, Verifier: v, Key: vkey}
}

// memory keeps a log as a store would: leaves, rows of hashes, and the right edge.
type memory struct {
	leaves [][]byte
	rows   map[int64][]byte
	tree   audit.Tree
}

func (m *memory) read(rows []int64) ([][]byte, error) {
	var out [][]byte
	for _, r := range rows {
		out = append(out, m.rows[r])
	}
	return out, nil
}

func (m *memory) append(entries ...audit.Entry) {
	var hashes []audit.Hash
	for _, e := range entries {
		m.leaves = append(m.leaves, e.Leaf())
		hashes = append(hashes, e.Hash())
	}
	tree, rows := m.tree.Append(hashes...)
	if m.rows == nil {
		m.rows = make(map[int64][]byte)
	}
	for _, r := range rows {
		m.rows[r.N] = r.Hashes
	}
	m.tree = tree
}

func (m *memory) head(t testing.TB, log party, at time.Time) (audit.Checkpoint, []byte) {
	t.Helper()
	c := audit.Checkpoint{Origin: log.Name(), Size: m.tree.Size(), Root: m.tree.Root(), At: at}
	signed, err := c.Sign(log)
	if err != nil {
		t.Fatal(err)
	}
	return c, signed
}

var clock = time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC)

// life makes n entries about a few records, chained as the desk chains them.
func life(n int) []audit.Entry {
	last := make(map[string]audit.Hash)
	entries := make([]audit.Entry, n)
	for i := range entries {
		record := fmt.Sprintf("rec%d", i%7)
		e := audit.Entry{
			ID: fmt.Sprintf("entry%06d", i), At: clock.Add(time.Duration(i) * time.Second),
			Verb: "propose", Actor: "u1", Sort: "staff", Record: record, Change: fmt.Sprintf("chg%d", i/2),
			Facts: []audit.Fact{{Name: "field", Value: "phone"}, {Name: "grade", Value: "B"}},
		}
		if i%2 == 1 {
			e.Verb, e.Alters, e.Prev = "apply", true, last[record]
			e.Commits = []audit.Commitment{audit.Commit(bytes.Repeat([]byte{byte(i)}, audit.SaltSize), "phone/now", fmt.Sprint(i))}
			last[record] = e.Hash()
		}
		entries[i] = e
	}
	return entries
}

// sample is a receipt in a log of size leaves, with its keys.
type sample struct {
	audit.Receipt
	Log       party
	Witnesses []party
}

func (s sample) witnessKeys() []string {
	var keys []string
	for _, w := range s.Witnesses {
		keys = append(keys, w.Key)
	}
	return keys
}

func newSample(t testing.TB, size int) sample {
	t.Helper()
	log, w1, w2 := newParty(t, "lanshi-2026-2", 1), newParty(t, "witness.example", 2), newParty(t, "group-audit", 3)
	openings := [][]audit.Opening{
		{{Name: "phone/was", Salt: salt(1), Content: "+8613800008000"}, {Name: "phone/now", Salt: salt(2), Content: "+8613900009000"}},
		{{Name: "address/now", Salt: salt(3), Content: "上海市浦东新区张江路 188 弄 6 号 302"}},
		{{Name: "title/now", Salt: salt(4), Content: "王医生"}},
	}
	apply := audit.Entry{
		ID: "0f7c2m8q4s1v9x3z5b6d", At: clock.Add(-time.Minute), Verb: "apply", Actor: "system", Sort: "system",
		Record: "0f1a2b3c4d5e6f7g8h9j", Change: "0f7c1k2m3n4p5q6r7s8t", Alters: true,
		Facts: []audit.Fact{{Name: "policy", Value: "12"}, {Name: "version", Value: "8"}},
	}
	for _, line := range openings {
		for _, o := range line {
			apply.Commits = append(apply.Commits, o.Commitment())
		}
	}
	acked := audit.Entry{ID: "0f7c2m8q4s1v9x3z5b6e", At: clock, Verb: "deliver", Actor: "system", Sort: "system",
		Facts: []audit.Fact{{Name: "system", Value: "billing"}}}

	var m memory
	m.append(life(size - 6)...)
	pos := m.tree.Size()
	m.append(apply, acked)
	m.append(life(4)...)
	_, head := m.head(t, log, clock)
	for _, w := range []party{w1, w2} {
		var err error
		if head, err = (audit.Witness{Log: log.Verifier, Signer: w, Own: w.Verifier}).Update(nil, head, nil); err != nil {
			t.Fatal(err)
		}
	}

	var proven []audit.Proven
	for i, e := range []audit.Entry{apply, acked} {
		p, err := audit.Inclusion(m.tree.Size(), pos+int64(i), m.read)
		if err != nil {
			t.Fatal(err)
		}
		proven = append(proven, audit.Proven{Leaf: e.Leaf(), Pos: pos + int64(i), Proof: p})
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, shanghai) }
	s := audit.Statement{
		Ref: "REQ-7KQ2H", Company: audit.Text{ZH: "澜石健康", EN: "Lanshi Health"}, To: "王*芳",
		Say:       audit.Text{ZH: "您申请的修改已经完成。", EN: "The changes you asked for are done."},
		Effective: at(22, 15, 30), Issued: at(22, 15, 32),
		Lines: []audit.Line{
			{Label: audit.Text{ZH: "手机号", EN: "Phone"}, Was: "138 **** 8000", Now: "139 **** 9000", Openings: openings[0]},
			{Label: audit.Text{ZH: "通信地址", EN: "Postal address"}, Was: "上海市浦东新区张江路 88 弄 ****", Now: "上海市浦东新区张江路 188 弄 ****", Openings: openings[1]},
			{Label: audit.Text{ZH: "称谓", EN: "Title"}, Was: "王老师", Now: "王医生", Openings: openings[2]},
		},
		Steps: []audit.Step{
			{At: at(21, 14, 5), What: audit.Text{ZH: "您在官网提交", EN: "You filed it on our website"}, Pos: max(pos-19, 0)},
			{At: at(21, 14, 6), What: audit.Text{ZH: "原手机号验证通过", EN: "Your old phone agreed by code"}, Pos: max(pos-17, 0)},
			{At: at(21, 14, 9), What: audit.Text{ZH: "新手机号能收到短信", EN: "Your new phone answers"}, Pos: max(pos-16, 0)},
			{At: at(21, 15, 30), What: audit.Text{ZH: "两位工作人员先后同意，等待 24 小时", EN: "Two people approved, then 24 hours passed"}, Pos: max(pos-8, 0)},
			{At: at(22, 15, 30), What: audit.Text{ZH: "资料更新", EN: "Your record was updated"}, Pos: pos},
		},
		Systems: []audit.Text{{ZH: "账单", EN: "Billing"}, {ZH: "预约短信", EN: "Appointment texts"}, {ZH: "会员", EN: "Membership"}},
		Help: audit.Text{ZH: "不是您本人操作？90 天内致电 400-000-2288，可在所有系统中改回。",
			EN: "Wasn't it you? Call 400-000-2288 within 90 days and we'll put it back in every system."},
		Witnesses: []audit.WitnessName{
			{Key: w1.Key, Name: audit.Text{ZH: "外部见证节点", EN: "External witness"}},
			{Key: w2.Key, Name: audit.Text{ZH: "集团审计部", EN: "Group audit"}},
		},
	}
	r, err := audit.Issue(s, proven, head, log, log.Key)
	if err != nil {
		t.Fatal(err)
	}
	return sample{Receipt: r, Log: log, Witnesses: []party{w1, w2}}
}

func salt(n byte) []byte { return bytes.Repeat([]byte{n}, audit.SaltSize) }
