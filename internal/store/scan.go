package store

import (
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"time"
)

// assign stores a column's value, one of the five kinds of bind, in dest. There is one
// assign for both databases, so a scan cannot work on one and fail on the other.
// NULL fits a pointer to a pointer, []byte, *any, *time.Time (zero) and sql.Scanner only.
func assign(dest, value any) error {
	switch d := dest.(type) {
	case *string:
		return assignText(d, value)
	case *int64:
		if n, ok := value.(int64); ok {
			*d = n
			return nil
		}
		return misfit(dest, value)
	case *[]byte:
		return assignBytes(d, value)
	case *any:
		*d = value
		return nil
	case *time.Time:
		return assignTime(d, value)
	case sql.Scanner:
		return d.Scan(value)
	}
	return assignKind(dest, value)
}

func assignText(d *string, value any) error {
	switch v := value.(type) {
	case string:
		*d = v
	case []byte:
		*d = string(v)
	default:
		return misfit(d, value)
	}
	return nil
}

func assignBytes(d *[]byte, value any) error {
	switch v := value.(type) {
	case nil:
		*d = nil
	case []byte:
		*d = v
	case string:
		*d = []byte(v)
	default:
		return misfit(d, value)
	}
	return nil
}

func assignTime(d *time.Time, value any) error {
	switch v := value.(type) {
	case nil:
		*d = time.Time{}
	case int64:
		*d = time.UnixMicro(v).UTC()
	default:
		return misfit(d, value)
	}
	return nil
}

// assignKind handles pointers to pointers and named types by what they are underneath.
func assignKind(dest, value any) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("scan into %T: not a pointer to a place", dest)
	}
	d := p.Elem()
	switch v := value.(type) {
	case nil:
		return assignNull(d, dest)
	case int64:
		return assignInteger(d, v, dest)
	case float64:
		if d.CanFloat() {
			d.SetFloat(v)
			return nil
		}
	case string:
		return assignRun(d, []byte(v), dest, value)
	case []byte:
		return assignRun(d, v, dest, value)
	}
	return assignThrough(d, dest, value)
}

func assignNull(d reflect.Value, dest any) error {
	if d.Kind() == reflect.Pointer || d.Kind() == reflect.Slice && d.Type().Elem().Kind() == reflect.Uint8 {
		d.SetZero()
		return nil
	}
	return misfit(dest, nil)
}

func assignInteger(d reflect.Value, n int64, dest any) error {
	switch {
	case d.CanInt() && !d.OverflowInt(n):
		d.SetInt(n)
	case d.CanUint() && n >= 0 && !d.OverflowUint(uint64(n)):
		d.SetUint(uint64(n))
	case d.Kind() == reflect.Bool && (n == 0 || n == 1):
		d.SetBool(n == 1)
	case d.CanFloat() && math.Abs(float64(n)) <= 1<<53:
		d.SetFloat(float64(n))
	default:
		return assignThrough(d, dest, n)
	}
	return nil
}

// assignRun stores a text or bytes in a named string, a named byte slice or a byte array of that length.
func assignRun(d reflect.Value, run []byte, dest, value any) error {
	elem := func() bool { return d.Type().Elem().Kind() == reflect.Uint8 }
	switch {
	case d.Kind() == reflect.String:
		d.SetString(string(run))
	case d.Kind() == reflect.Slice && elem():
		d.SetBytes(run)
	case d.Kind() == reflect.Array && elem() && d.Len() == len(run):
		reflect.Copy(d, reflect.ValueOf(run))
	default:
		return assignThrough(d, dest, value)
	}
	return nil
}

// assignThrough fills a pointer that is itself the destination, as in **string.
func assignThrough(d reflect.Value, dest, value any) error {
	if d.Kind() != reflect.Pointer {
		return misfit(dest, value)
	}
	inner := reflect.New(d.Type().Elem())
	if err := assign(inner.Interface(), value); err != nil {
		return err
	}
	d.Set(inner)
	return nil
}

// misfit names the types, never the value.
func misfit(dest, value any) error {
	if value == nil {
		return fmt.Errorf("scan NULL into %T", dest)
	}
	return fmt.Errorf("scan %T into %T", value, dest)
}
