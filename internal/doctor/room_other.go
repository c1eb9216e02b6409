//go:build !linux && !darwin

package doctor

import "errors"

// MeasureRoom knows nothing here.
func MeasureRoom(string) (Room, error) { return Room{}, errors.ErrUnsupported }
