package page

// A ProofPath is the way from an entry of the log to the head that was signed (RFC 9162,
// 2.1.3): what the picture of it shows.
type ProofPath struct {
	Entry      string     // "184,230"
	Nodes      []string   // short names of the fingerprints on the path above the entry, the lowest first
	Siblings   []string   // short names of the fingerprints beside the path, the lowest first
	Root       string     // "9f3a…e02b"
	Checkpoint string     // "Checkpoint 1,204"
	Signed     string     // "Signed 22 Nov, 15:31"
	Witnesses  []ProofBox // who keeps the head elsewhere
	Label      string     // the picture in a sentence
	Caption    string     // "18 fingerprints lead back to the checkpoint; 3 are drawn."
}

// A ProofBox is somebody who keeps a signed head.
type ProofBox struct {
	Name string
	Note string
}

// drawn is how many siblings the picture has room for. An honest picture of few, with the
// number of the rest, is read; a full one is not.
const drawn = 3

// near are the siblings that are drawn.
func (t ProofPath) near() []string { return t.Siblings[:min(len(t.Siblings), drawn)] }

// node is the name of the fingerprint on the path at a level above the entry.
func (t ProofPath) node(level int) string {
	if level <= len(t.Nodes) {
		return t.Nodes[level-1]
	}
	return "…"
}

// far is how many are not.
func (t ProofPath) far() int { return len(t.Siblings) - len(t.near()) }

// The places of the picture: x grows along the path, y falls.
func (t ProofPath) nodeX(i int) float64    { return 46 + 52*float64(i) }
func (t ProofPath) nodeY(i int) float64    { return 185 - 52*float64(i) }
func (t ProofPath) siblingX(i int) float64 { return t.nodeX(i) + 104 }

// steps are the levels of the picture, the entry first.
func (t ProofPath) steps() []int {
	all := make([]int, len(t.near()))
	for i := range all {
		all[i] = i
	}
	return all
}

// on draws the path itself: up a level with each sibling, then to the head and the witnesses.
func (t ProofPath) on() string {
	d := ""
	for i := range t.near() {
		d += "M" + number(t.nodeX(i)) + " " + number(t.nodeY(i)-13) + "V" + number(t.nodeY(i)-26) + "H" + number(t.nodeX(i+1)) + "V" + number(t.nodeY(i+1)+13)
	}
	n := len(t.near())
	d += "M" + number(t.nodeX(n)+40) + " " + number(t.nodeY(n)) + "H372"
	return d + t.toWitnesses()
}

func (t ProofPath) toWitnesses() string {
	d := ""
	for i := range t.Witnesses {
		d += "M492 " + number(t.boxY(0)+22) + "h23V" + number(t.boxY(i)+22) + "h23"
	}
	return d
}

// off draws how the siblings join.
func (t ProofPath) off() string {
	d := ""
	for i := range t.near() {
		d += "M" + number(t.siblingX(i)) + " " + number(t.nodeY(i)-13) + "V" + number(t.nodeY(i)-26) + "H" + number(t.nodeX(i+1))
	}
	return d
}

// boxY is the upper edge of the box of witness i; the checkpoint stands beside the first.
func (t ProofPath) boxY(i int) float64 { return t.nodeY(len(t.near())) - 22 + 60*float64(i) }
