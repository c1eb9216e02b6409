package doctortest

import (
	"fmt"

	"amend/internal/doctor"
	"amend/internal/lang"
)

// saysWhatToDo looks whether a finding has its sentence and a remedy in every language.
func saysWhatToDo(f doctor.Finding) error {
	for _, l := range lang.Langs() {
		if l == lang.ZH && f.Title(l) == f.Area {
			return fmt.Errorf("%s has no name for %s", l, f.Area)
		}
		if f.Fault == nil && (f.Found(l) == f.Code || f.Remedy(l) == "") {
			return fmt.Errorf("%s doesn't say what to do about %s", l, f.Code)
		}
		if f.Fault != nil && !l.Has("fault."+f.Fault.Code) {
			return fmt.Errorf("%s has no sentence for %s", l, f.Fault.Code)
		}
	}
	return nil
}
