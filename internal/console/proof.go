package console

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// proofPage is one entry of the log with the proof that it stands there: computed on this
// load, and computed again by the reader's own browser.
type proofPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Entry   entryLine
	Full    store.EntryView
	Facts   []page.Pair
	Seal    page.Proof
	Says    string // what the seal means here
	Proof   *store.LogProof
	Tree    page.ProofPath
	LogKey  string
	Witness audit.WitnessName
	Seen    []string // names of the witnesses that signed the head
}

func proofShow(v *visit) error {
	full, err := v.Reader.LogEntry(v.ctx, v.by(), v.r.PathValue("entry"))
	if err != nil {
		return err
	}
	names, err := v.Reader.Names(v.ctx, v.by())
	if err != nil {
		return err
	}
	v.page.Title = v.page.T("console.proof.title")
	p := proofPage{Page: v.page, Frame: v.frame("/audit"), Entry: v.entryLine(names, full.EntryLine), Full: full}
	for _, f := range full.Facts {
		p.Facts = append(p.Facts, page.Pair{Term: v.page.Word("fact", f.Name), Text: v.factText(names, f)})
	}
	if err := v.prove(&p); err != nil {
		return err
	}
	return v.show(proofSheet(p))
}

// prove checks the entry against the newest signed head. One without a place yet waits.
func (v *visit) prove(p *proofPage) error {
	proof, err := v.Reader.LogProof(v.ctx, v.by(), p.Full.Entry)
	if fault.CodeOf(err) == "proof_waits" {
		p.Seal, p.Says = page.Pending, v.page.T("console.proof.waits")
		return nil
	}
	if err != nil {
		return err
	}
	keys, err := v.logKeys()
	if err != nil {
		return err
	}
	p.Proof, p.LogKey, p.Witness = &proof, keys.text, keys.watched
	head, seen, err := audit.OpenCheckpoint([]byte(proof.Checkpoint), keys.log, keys.witnesses...)
	if err == nil {
		err = proof.Proof.Check(head.Size, head.Root, proof.Pos, tlog.RecordHash(proof.Leaf))
	}
	p.Seen = seen
	switch {
	case err != nil:
		p.Seal, p.Says = page.Failed, v.page.T("console.proof.failed_text")
		return nil
	case len(keys.witnesses) > len(seen):
		p.Seal, p.Says = page.Pending, v.page.T("console.proof.unwitnessed")
	default:
		p.Seal, p.Says = page.Proven, v.page.T("console.proof.checked", "time", v.page.Time(v.page.Now), "n", grouped(head.Size))
	}
	p.Tree = v.tree(proof, head, keys)
	return nil
}

// tree is the picture of the path from the entry to the head.
func (v *visit) tree(proof store.LogProof, head audit.Checkpoint, keys logKeys) page.ProofPath {
	root := hex.EncodeToString(head.Root[:])
	t := page.ProofPath{
		Entry: grouped(proof.Pos), Root: root[:4] + "…" + root[60:],
		Checkpoint: v.page.T("console.proof.checkpoint", "n", grouped(head.Size)), Signed: v.page.Time(head.At),
		Label:   v.page.T("console.proof.tree", "pos", grouped(proof.Pos), "n", strconv.Itoa(len(proof.Proof))),
		Caption: v.page.T("console.proof.caption", "n", strconv.Itoa(len(proof.Proof))),
	}
	for _, h := range proof.Proof {
		t.Siblings = append(t.Siblings, hex.EncodeToString(h[:2]))
	}
	if len(keys.witnesses) > 0 {
		t.Witnesses = []page.ProofBox{{Name: v.page.T("console.proof.witness"), Note: keys.name(v.page)}}
	}
	return t
}

// Leaf is the entry's leaf as text, for whoever computes the proof again.
func (p proofPage) Leaf() string { return base64.StdEncoding.EncodeToString(p.Full.Leaf) }

// Path is the proof as text: the hashes beside the path, the lowest first.
func (p proofPage) Path() string {
	hashes := make([]string, len(p.Proof.Proof))
	for i, h := range p.Proof.Proof {
		hashes[i] = h.String()
	}
	return strings.Join(hashes, " ")
}

// LeafHash is the hash of the entry as the tree holds it.
func (p proofPage) LeafHash() string {
	h := tlog.RecordHash(p.Full.Leaf)
	return h.String()
}

// Command is how the whole log is checked without this page.
func (p proofPage) Command() string { return "amend log verify --key '" + p.LogKey + "'" }

// A bundle is what anybody needs to check one entry without us. It holds no value.
type bundle struct {
	store.LogProof
	LogKey  string `json:"log_key"` // to compare with the published one; never to be trusted
	Witness string `json:"witness_key,omitempty"`
}

// proofBundle hands out the proof of an entry as a file.
func proofBundle(v *visit) error {
	proof, err := v.Reader.LogProof(v.ctx, v.by(), v.r.PathValue("entry"))
	if err != nil {
		return err
	}
	keys, err := v.logKeys()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(bundle{LogProof: proof, LogKey: keys.text, Witness: keys.watched.Key}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the proof of %s: %w", proof.Entry, err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="proof-`+proof.Entry+`.json"`)
	_, _ = v.w.Write(append(text, '\n')) // who hung up is not told
	return nil
}

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
