package office

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
)

// CheckAnswered answers a question that a centre asked, and posts the letter that says so.
type CheckAnswered struct {
	Centre    id.Centre            `cbor:"1,keyasint"`
	Answer    letter.CheckAnswered `cbor:"2,keyasint"`
	Number    uint64               `cbor:"3,keyasint"` // of the letter
	Wall      int64                `cbor:"4,keyasint"` // of the letter
	Signature []byte               `cbor:"5,keyasint"` // of the letter
}

// CodeQuestion is the refusal of an answer to a question that is not open.
const CodeQuestion = "question"

func (CheckAnswered) tag() byte { return tagCheckAnswered }

func (a CheckAnswered) check() error {
	l, err := a.letter()
	return errors.Join(a.Centre.Check(), err, l.check())
}

func (a CheckAnswered) letter() (Letter, error) {
	body, err := letter.Encode(a.Answer)
	return Letter{a.Number, string(a.Answer.Kind()), body, a.Wall, a.Signature}, err
}

func (a CheckAnswered) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	l, err := a.letter()
	if err != nil {
		return refuse(codeUnknown, err.Error()), nil
	}
	if refused := l.fits(b, a.Centre); refused != nil {
		return *refused, nil
	}
	if own := b.Bucket(letterBucket(a.Centre)); own != nil && own.Get(number(a.Number)) != nil {
		return archive.Answer{}, nil // proposed once more
	}
	q, ok, err := questionAt(b, a.Answer.ID)
	if err != nil || !ok || q.Centre != a.Centre {
		return refuse(CodeQuestion, fmt.Sprintf("no question %s of %s is open", a.Answer.ID, a.Centre)), err
	}
	if err := b.Bucket(questionsBucket).Delete([]byte(a.Answer.ID)); err != nil {
		return archive.Answer{}, err
	}
	return archive.Answer{}, l.post(b, a.Centre)
}

func questionAt(b *bolt.Bucket, question id.Errand) (q Question, ok bool, err error) {
	questions := sub(b, questionsBucket)
	if questions == nil {
		return q, false, nil
	}
	v := questions.Get([]byte(question))
	if v == nil {
		return q, false, nil
	}
	q, err = decodeQuestion(v)
	return q, err == nil, err
}

func decodeQuestion(v []byte) (q Question, err error) {
	if err := decoding.Unmarshal(v, &q); err != nil {
		return q, fmt.Errorf("%w: a question: %w", archive.ErrDamaged, err)
	}
	return q, nil
}

// Questions is every question without an answer.
func Questions(view View) (out []Question, err error) {
	err = view(func(b *bolt.Bucket) error {
		questions := sub(b, questionsBucket)
		if questions == nil {
			return nil
		}
		return questions.ForEach(func(_, v []byte) error {
			q, err := decodeQuestion(v)
			out = append(out, q)
			return err
		})
	})
	return out, err
}
