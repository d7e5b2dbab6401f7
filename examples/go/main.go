// Ask the model that the team uses for chat, with Go's standard library and the resolved file.
//
//	gwctl export resolved > resolved.json
//	GWCTL_RESOLVED=resolved.json go run examples/go/main.go "Say hello."
//
// Under `gwctl run -- go run examples/go/main.go`, the resolved file is in GWCTL_RESOLVED_JSON.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

type model struct {
	Endpoint    string            `json:"endpoint"`
	Model       string            `json:"model"`
	BaseURLs    map[string]string `json:"base_urls"`
	KeyRequired bool              `json:"key_required"`
	Key         *struct {
		Env     string   `json:"env"`
		Command []string `json:"command"`
	} `json:"key"`
	Auth struct {
		Header string `json:"header"`
		Scheme string `json:"scheme"`
	} `json:"auth"`
}

type resolved struct {
	Version int              `json:"version"`
	Roles   map[string]model `json:"roles"`
}

func main() {
	question := "Say hello."
	if len(os.Args) > 1 {
		question = os.Args[1]
	}
	answer, err := ask(question)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

func ask(question string) (string, error) {
	chat, err := chatModel()
	if err != nil {
		return "", err
	}
	key, err := keyOf(chat)
	if err != nil {
		return "", err
	}
	messages := []map[string]string{{"role": "user", "content": question}}
	body, err := json.Marshal(map[string]any{"model": chat.Model, "messages": messages})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest("POST", chat.BaseURLs["chat"]+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set(chat.Auth.Header, strings.TrimSpace(chat.Auth.Scheme+" "+key))
	}
	client := http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("a redirect would lead the key to another host")
	}}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered with HTTP %d", chat.Endpoint, response.StatusCode)
	}
	var answer struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	if len(answer.Choices) == 0 {
		return "", errors.New("the answer is empty")
	}
	return answer.Choices[0].Message.Content, nil
}

// chatModel returns the model of the role chat.
func chatModel() (model, error) {
	data := []byte(os.Getenv("GWCTL_RESOLVED_JSON"))
	if len(data) == 0 {
		path := os.Getenv("GWCTL_RESOLVED")
		if path == "" {
			return model{}, errors.New("set GWCTL_RESOLVED to the output of `gwctl export resolved`, or use `gwctl run`")
		}
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return model{}, err
		}
	}
	var file resolved
	if err := json.Unmarshal(data, &file); err != nil {
		return model{}, fmt.Errorf("the resolved file is not valid: %w", err)
	}
	if file.Version != 1 {
		return model{}, fmt.Errorf("the resolved file has version %d, and this program reads version 1", file.Version)
	}
	chat, found := file.Roles["chat"]
	if !found || chat.BaseURLs["chat"] == "" {
		return model{}, errors.New("the resolved file has no model for chat that speaks the chat API")
	}
	return chat, nil
}

// keyOf returns the key, or "" for an endpoint that needs none. It is read when it is needed, and printed nowhere.
func keyOf(chat model) (string, error) {
	key := ""
	if chat.Key != nil && chat.Key.Env != "" {
		key = strings.TrimSpace(os.Getenv(chat.Key.Env))
	}
	if chat.Key != nil && len(chat.Key.Command) > 0 {
		output, err := exec.Command(chat.Key.Command[0], chat.Key.Command[1:]...).Output()
		if err != nil {
			return "", fmt.Errorf("the key command of %s failed: %w", chat.Endpoint, err)
		}
		key = strings.TrimSpace(string(output))
	}
	if key == "" && chat.KeyRequired {
		return "", fmt.Errorf("%s needs a key", chat.Endpoint)
	}
	return key, nil
}
