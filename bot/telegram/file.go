package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	tg "github.com/go-telegram/bot"

	"tixianbot/bot"
)

// maxFile is how many bytes a file may have that a bot fetches: more the Bot
// API does not give.
const maxFile = 20 << 20

// Open returns the content of a file that a user has sent, to be closed by the
// caller, and how many bytes it has. It returns when the content begins to
// arrive; ctx bounds the whole of it. Every error, that of a Read included, is a
// [*bot.Refusal]: [bot.Rejected] says that the file cannot be had, because it is
// larger than 20 MB or nobody knows it, and any other that it may come later.
// A content that was cut off ends with an error, never as if it were whole.
func (c *Client) Open(ctx context.Context, id bot.FileID) (io.ReadCloser, int64, error) {
	path, err := c.locate(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.files+path, nil)
	if err != nil {
		return nil, 0, &bot.Refusal{Reason: bot.Rejected, Err: errors.New("telegram: the place of the file is no address")}
	}
	resp, err := c.wire.http.Do(req)
	if err != nil {
		return nil, 0, refuse(networkFault(err), false)
	}
	if err := judgeFile(resp); err != nil {
		resp.Body.Close()
		return nil, 0, err
	}
	return &content{body: resp.Body, left: maxFile}, resp.ContentLength, nil
}

// locate asks where a file can be fetched, for the next hour.
func (c *Client) locate(ctx context.Context, id bot.FileID) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	f, err := c.api.GetFile(ctx, &tg.GetFileParams{FileID: string(id)})
	switch {
	case err != nil:
		return "", refuse(err, false)
	case f.FilePath == "" || strings.HasPrefix(f.FilePath, "/"): // a server that keeps its files to itself
		return "", &bot.Refusal{Reason: bot.Rejected, Err: errors.New("telegram: the server does not say where the file can be fetched")}
	}
	return (&url.URL{Path: f.FilePath}).EscapedPath(), nil
}

// judgeFile returns nil for an answer that is the content of a file. An address
// that is not known has grown old: asking anew gives another.
func judgeFile(resp *http.Response) error {
	switch {
	case resp.StatusCode != http.StatusOK:
		f := &fault{kind: faultGarbage, code: resp.StatusCode, what: "the file is not given"}
		return &bot.Refusal{Reason: bot.Unreachable, Err: f}
	case resp.ContentLength < 0:
		return &bot.Refusal{Reason: bot.Unreachable, Err: &fault{kind: faultGarbage, what: "the file comes without its length"}}
	case resp.ContentLength > maxFile:
		return &bot.Refusal{Reason: bot.Rejected, Err: fmt.Errorf("telegram: the file has %d bytes", resp.ContentLength)}
	}
	return nil
}

// content is the body of a file. The transport ends a body that is shorter than
// its length with an error.
type content struct {
	body io.ReadCloser
	left int64
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, &bot.Refusal{Reason: bot.Rejected, Err: errors.New("telegram: the file is longer than it says")}
	}
	if err != nil && err != io.EOF {
		err = refuse(networkFault(err), false)
	}
	return n, err
}

func (c *content) Close() error {
	_ = c.body.Close() // says nothing that Read has not said
	return nil
}
