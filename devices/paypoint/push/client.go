package push

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client is a bank's end of the contract.
type Client struct {
	URL    string
	Secret []byte
	HTTP   *http.Client     // nil means http.DefaultClient
	Now    func() time.Time // the bank's clock; nil means time.Now
}

// Send sends messages in one body and returns the box's answer, whatever its status. It reports a box that cannot be
// reached, or one that answers in another language.
func (c *Client) Send(ctx context.Context, m ...Message) (Answer, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return Answer{}, fmt.Errorf("write push message: %w", err)
	}
	return c.SendBytes(ctx, body)
}

// SendBytes signs and sends a body as it is.
func (c *Client) SendBytes(ctx context.Context, body []byte) (a Answer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return a, fmt.Errorf("push to %s: %w", c.URL, err)
	}
	stamp, signature := Sign(c.Secret, c.now(), body)
	req.Header.Set(HeaderTime, stamp)
	req.Header.Set(HeaderSignature, signature)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client().Do(req)
	if err != nil {
		return a, fmt.Errorf("push to %s: %w", c.URL, err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, answerBytesMax)).Decode(&a); err != nil {
		return a, fmt.Errorf("answer of %s, status %d: %w", c.URL, res.StatusCode, err)
	}
	return a, nil
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}
