package downstream

// A SystemImpact is what one system would receive of a change, for the reviewer before it is approved.
type SystemImpact struct {
	System SystemID
	Name   string
	Must   bool
	Paused bool
	Region string
	Fields []Member // names and keys; no contents
}

// Impact lists the systems that would receive something of the scope, in the order given.
func Impact(systems []System, in Scope) []SystemImpact {
	var list []SystemImpact
	for _, s := range systems {
		if fields := s.wanted(in); len(fields) > 0 {
			list = append(list, SystemImpact{System: s.ID, Name: s.Name, Must: s.Must, Paused: s.Paused, Region: s.Region, Fields: fields})
		}
	}
	return list
}

// A Line is how one system stands towards one applied change.
type Line struct {
	System    SystemID
	Name      string
	Must      bool
	Owner     string
	Acked     bool // it acknowledged the change's version or a later one
	Confirmed bool // and what it holds was read back and agrees
	Why       Why  // not acknowledged: the reason
	Code      string
	Holds     Carriage // of the holds in force: carried, or not
	Pause     Pause    // why is Held: by whom, since when and why
}

// Completeness has one line for each system that subscribes to the scope, whether or not
// a delivery exists for it: a system without one is a defect that must be seen.
// deliveries are those of the one record; version is what the change made of it.
func Completeness(systems []System, deliveries []Delivery, in Scope, version int64) []Line {
	by := make(map[SystemID]Delivery, len(deliveries))
	for _, d := range deliveries {
		by[d.System] = d
	}
	var lines []Line
	for _, s := range systems {
		if s.Wants(in) {
			lines = append(lines, lineOf(s, by[s.ID], version))
		}
	}
	return lines
}

func lineOf(s System, d Delivery, version int64) Line {
	l := Line{System: s.ID, Name: s.Name, Must: s.Must, Owner: s.Owner, Code: d.LastCode, Holds: d.Holds}
	switch {
	case d.InSync(version):
		l.Acked, l.Confirmed, l.Code = true, d.ConfirmedSeq == d.AckedSeq, ""
	case d.WantedVersion < version:
		l.Why = NotRaised
	case d.State == Stopped:
		l.Why = d.Why
	case s.Paused:
		l.Why, l.Pause = Held, s.Pause
	default:
		l.Why = Waiting
	}
	return l
}

// Complete reports whether every line is acknowledged: the change is in sync.
func Complete(lines []Line) bool {
	for _, l := range lines {
		if !l.Acked {
			return false
		}
	}
	return true
}
