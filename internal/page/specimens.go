package page

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// tokenNames are the colours of the design page, in the order of the stylesheet.
func tokenNames() []string {
	return []string{
		"canvas", "surface", "sunken", "ink", "ink2", "ink3", "line", "line2", "edge", "brand", "brand-hover", "brand-tint", "ok", "ok-tint",
		"warn", "warn-tint", "risk", "risk-tint", "info", "info-tint", "old", "old-tint", "old-mark", "new", "new-tint", "new-mark", "seal",
		"s1", "s2", "s3", "s4", "s5", "s6",
	}
}

// iconNames are the drawings of the sheet.
func iconNames() []string { return slices.Sorted(maps.Keys(icons())) }

func plannedSpecimen(p *Page) []PlanStep {
	return []PlanStep{
		{Is: Done, Title: p.T("specimen.request"), Note: "14:05"},
		{Is: Done, Title: p.T("specimen.prove"), Note: "14:09"},
		{Is: Now, Icon: "user", Title: p.T("specimen.approval"), People: []Person{
			{Name: "Li Mei", Note: "14:32", Done: true}, {Name: "Zhou Lan", Note: p.T("specimen.turn"), Me: true},
		}},
		{Is: Next, Icon: "hourglass", Title: p.T("specimen.cool"), Note: p.T("specimen.hours24")},
		{Is: Next, Icon: "network", Title: p.T("specimen.sync"), Note: p.T("specimen.systems7")},
		{Is: Next, Icon: "hand", Title: p.T("specimen.confirm"), Note: p.T("specimen.days14")},
	}
}

func diffSpecimen(p *Page) []DiffRow {
	row := func(field, kind string, was, now string) DiffRow {
		a, b := Differ(was, now)
		return DiffRow{Field: p.T("specimen." + field), Note: p.T("specimen.kind_" + kind), Kind: DiffKind(kind), Was: a, Now: b}
	}
	phone := row("phone", "changed", "138 **** 8000", "139 **** 9000")
	phone.WasBy, phone.WasG, phone.NowBy, phone.NowG = p.T("specimen.by_portal"), "B", p.T("specimen.by_request"), "D"
	phone.Checks = []Check{{OK, p.T("specimen.ok_format")}, {Warn, p.T("specimen.warn_shared")}}
	phone.Seen = Tick{Name: "s-seen", Value: "phone", Checked: true}

	address := row("address", "changed", "上海市浦东新区张江路 88 弄 3 号楼 1202 室", "上海市浦东新区张江路 188 弄 16 号楼 502 室")
	address.Checks = []Check{{OK, p.T("specimen.ok_format")}}
	address.Seen = Tick{Name: "s-seen", Value: "address"}

	relative := row("relative", "added", "", "")
	relative.Now, relative.Checks = Whole("Chen *"), []Check{{Warn, p.T("specimen.warn_shared")}}

	fax := row("fax", "removed", "", "")
	fax.Was, fax.Checks = Whole("021-5080 ****"), []Check{{OK, p.T("specimen.ok_unused")}}

	greeting := row("greeting", "three", "王老师", "王医生")
	greeting.Past, greeting.PastBy, greeting.WasBy, greeting.NowBy = Unmarked("王女士"), p.T("specimen.version"), p.T("specimen.other_request"), p.T("specimen.by_request")
	greeting.Checks, greeting.Flagged = []Check{{Risk, p.T("specimen.risk_again")}}, p.T("specimen.checked_again")
	return []DiffRow{phone, address, relative, fax, greeting}
}

func customerRowSpecimen(p *Page) DiffRow {
	was, now := Differ("138 **** 8000", "139 1234 9000")
	return DiffRow{Field: p.T("specimen.phone"), Kind: Changed, Was: was, Now: now}
}

func lineSpecimen(p *Page) []LineStep {
	return []LineStep{
		{Is: Done, Icon: "globe", When: "14:05", Title: p.T("specimen.l_filed"), Note: p.T("specimen.l_filed_note"), Ref: "184,211", Href: "#k-line"},
		{Is: Done, When: "14:06", Title: p.T("specimen.l_old"), Note: p.T("specimen.l_old_note"), Chip: p.T("specimen.l_worth"), Tone: OK, Ref: "184,213", Href: "#k-line"},
		{Is: Odd, When: "14:07", Title: p.T("specimen.l_tries"), Note: p.T("specimen.l_tries_note"), Ref: "184,214", Href: "#k-line"},
		{Is: Bad, When: "14:08", Title: p.T("specimen.l_failed"), Note: p.T("specimen.l_failed_note"), Ref: "184,215", Href: "#k-line"},
		{Is: Done, When: "14:09", Title: p.T("specimen.l_old")},
		{Is: Now, Icon: "user", When: p.T("specimen.now"), Title: p.T("specimen.l_wait")},
		{Is: Next, Icon: "db", Title: p.T("specimen.l_apply")},
	}
}

func willSpecimen(p *Page) []Will {
	return []Will{
		{"db", p.T("specimen.will_write")}, {"hourglass", p.T("specimen.will_cool")}, {"freeze", p.T("specimen.will_hold")},
		{"network", p.T("specimen.will_sync")}, {"bell", p.T("specimen.will_tell")},
	}
}

func chartSpecimen(p *Page) BarLine {
	c := BarLine{
		Title: p.T("specimen.chart"), Step: p.T("specimen.day"), First: p.T("specimen.same_day"), Rest: p.T("specimen.later"),
		Line: p.T("specimen.median"), Unit: p.T("specimen.unit"),
	}
	for i, n := range [][3]float64{{84, 2, 2}, {251, 12, 2.8}, {262, 31, 4.6}, {246, 22, 3.6}, {229, 9, 2.6}, {221, 7, 2.3}, {91, 24, 1.9}} {
		c.Bars = append(c.Bars, Bar{Label: "11-" + strconv.Itoa(15+i), First: n[0], Rest: n[1], Line: n[2]})
	}
	c.Bars[2].Note = p.T("specimen.outage")
	c.Bars[6].Label, c.Bars[6].Today = p.T("specimen.today"), true
	return c
}

func treeSpecimen(p *Page) ProofPath {
	t := ProofPath{
		Entry: "184,230", Siblings: []string{"c41e", "e9d0", "20c7"}, Nodes: []string{"7b02", "58af"}, Root: "9f3a…e02b", Checkpoint: p.T("specimen.checkpoint"), Signed: p.T("specimen.signed"),
		Witnesses: []ProofBox{
			{p.T("specimen.witness1"), p.T("specimen.witness1_note")}, {p.T("specimen.witness2"), p.T("specimen.witness2_note")},
		},
		Label: p.T("specimen.tree"), Caption: p.T("specimen.tree_note"),
	}
	for len(t.Siblings) < 18 {
		t.Siblings = append(t.Siblings, "…")
	}
	return t
}

// qrSpecimen is a pattern that looks like a code and holds nothing.
func qrSpecimen() [][]bool {
	modules := make([][]bool, 25)
	for y := range modules {
		modules[y] = make([]bool, 25)
		for x := range modules[y] {
			modules[y][x] = (x*x*3+y*y*5+x*y*7)%11 < 5
		}
	}
	return modules
}
