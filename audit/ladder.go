package audit

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// ladderRungs is how many sibling hashes the receipt draws. The rest are a number: an
// honest picture of three beats an unreadable one of twenty.
const ladderRungs = 3

// ladder is the drawing of an inclusion proof: the path of one leaf, up and to the right.
type ladder struct {
	Label        string
	On, Off, Out string // paths: the leaf's own, the siblings', and the way out to the checkpoint
	Nodes        []ladderNode
	More         string // how many levels are not drawn
	MoreX, MoreY int
}

type ladderNode struct {
	Class       string
	X, Y, W, H  int
	Text        string
	MidX, TextY int
}

// Measures of the drawing, in its own units: 340 wide, 214 high. A node's place is its middle.
const (
	leafX, leafY     = 46, 183
	rungX, rungY     = 50, 44 // from one level to the next
	siblingX         = 106    // from a node to its sibling
	rootY            = 36     // where the checkpoint's box is, beside the drawing
	nodeW, nodeH     = 56, 24
	broadW, broadH   = 76, 30 // the leaf and the root
	drawingW, jointY = 340, 10
)

// drawLadder draws the first rungs of p's way to the root of a log of size leaves.
func drawLadder(p Proven, size int64, root Hash, w words) ladder {
	rungs := min(len(p.Proof), ladderRungs)
	d := ladder{Label: w.fill(w.LadderLabel, "pos", grouped(p.Pos), "n", strconv.Itoa(len(p.Proof)))}
	d.node("leaf", leafX, leafY, broadW, broadH, grouped(p.Pos))
	for i, h := range p.climb(size, rungs) {
		x, y, half := leafX+i*rungX, leafY-i*rungY, nodeH/2
		if i == 0 {
			half = broadH / 2
		} else {
			d.node("on", x, y, nodeW, nodeH, hex.EncodeToString(h[:2]))
		}
		above := y - rungY + nodeH/2
		if i == rungs-1 {
			above = rootY + broadH/2
		}
		joint := y - half - jointY
		d.node("off", x+siblingX, y, nodeW, nodeH, hex.EncodeToString(p.Proof[i][:2]))
		d.On += fmt.Sprintf("M%d %dV%dH%dV%d", x, y-half, joint, x+rungX, above)
		d.Off += fmt.Sprintf("M%d %dV%dH%d", x+siblingX, y-nodeH/2, joint, x+rungX)
	}
	if rungs == 0 {
		d.On = fmt.Sprintf("M%d %dV%d", leafX, leafY-broadH/2, rootY+broadH/2)
	}

	x := leafX + rungs*rungX
	d.node("on", x, rootY, broadW, broadH, hex.EncodeToString(root[:2])+"…"+hex.EncodeToString(root[30:]))
	d.Out = fmt.Sprintf("M%d %dH%d", x+broadW/2, rootY, drawingW)
	if more := len(p.Proof) - rungs; more > 0 {
		d.More, d.MoreX, d.MoreY = w.fill(w.More, "n", strconv.Itoa(more)), x-8, rootY+broadH/2+16
	}
	return d
}

func (d *ladder) node(class string, x, y, w, h int, text string) {
	d.Nodes = append(d.Nodes, ladderNode{Class: class, X: x - w/2, Y: y - h/2, W: w, H: h, Text: text, MidX: x, TextY: y + 4})
}

// climb answers the hashes on p's own path, from the leaf upwards, before each of the
// first n siblings is joined (RFC 9162, 2.1.3.2).
func (p Proven) climb(size int64, n int) []Hash {
	path := make([]Hash, n)
	h, at, last := tlog.RecordHash(p.Leaf), p.Pos, size-1
	for i := range n {
		path[i] = h
		if at&1 == 1 || at == last {
			h = tlog.NodeHash(p.Proof[i], h)
			for at&1 == 0 && at > 0 {
				at, last = at>>1, last>>1
			}
		} else {
			h = tlog.NodeHash(h, p.Proof[i])
		}
		at, last = at>>1, last>>1
	}
	return path
}
