package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"amend/fault"
)

// bind answers args as the five kinds of value that both databases store alike:
// nil, int64, float64, string and []byte. A bool becomes 0 or 1, a time its
// microseconds UTC, the zero time and a nil pointer NULL, json.RawMessage text.
func bind(args []any) ([]any, error) {
	bound := make([]any, len(args))
	for i, arg := range args {
		v, err := bindOne(arg)
		if err != nil {
			return nil, fmt.Errorf("argument $%d: %w", i+1, err)
		}
		bound[i] = v
	}
	return bound, nil
}

func bindOne(arg any) (any, error) {
	switch v := arg.(type) {
	case nil, int64, float64:
		return v, nil
	case string:
		return bindText(v)
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case int:
		return int64(v), nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return v.UnixMicro(), nil
	case json.RawMessage:
		if v == nil {
			return nil, nil
		}
		return bindText(string(v))
	case driver.Valuer:
		return bindValuer(v)
	}
	return bindKind(reflect.ValueOf(arg))
}

// bindText refuses what PostgreSQL cannot keep in a TEXT: a zero byte, or bytes that are not UTF-8.
func bindText(s string) (any, error) {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return nil, fault.New(fault.Invalid, "not_text")
	}
	return s, nil
}

// bindValuer asks v for its value, once: a nil pointer that is a Valuer is NULL.
func bindValuer(v driver.Valuer) (any, error) {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, nil
	}
	inner, err := v.Value()
	if err != nil {
		return nil, err
	}
	if _, again := inner.(driver.Valuer); again {
		return nil, fmt.Errorf("%T gives another driver.Valuer", v)
	}
	return bindOne(inner)
}

// bindKind handles named types and pointers by what they are underneath.
func bindKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return bindOne(v.Elem().Interface())
	case reflect.String:
		return bindText(v.String())
	case reflect.Bool:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("%s above the largest BIGINT", v.Type())
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	}
	return bindBytes(v)
}

// bindBytes handles named byte slices, and arrays such as a [32]byte hash.
func bindBytes(v reflect.Value) (any, error) {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		if v.IsNil() {
			return nil, nil
		}
		return v.Bytes(), nil
	case v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return b, nil
	}
	return nil, fmt.Errorf("%s is nothing that both databases store alike", v.Type())
}
