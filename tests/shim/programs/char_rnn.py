import math
import torch
import torch.nn as nn

text = "the quick brown fox jumps over the lazy dog. " * 20
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
itos = {i: c for c, i in stoi.items()}
data = torch.tensor([stoi[c] for c in text], dtype=torch.long)
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
torch.manual_seed(1337)


class CharRNN(nn.Module):
    def __init__(self, vocab, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.embed = nn.Embedding(vocab, hidden)
        self.rnn = nn.LSTM(hidden, hidden, layers, batch_first=True, dropout=0.1)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, x, state=None):
        h, state = self.rnn(self.embed(x), state)
        return self.out(h), state

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        return (weight.new_zeros(self.layers, bsz, self.hidden),
                weight.new_zeros(self.layers, bsz, self.hidden))


def get_batch(bs=8, block=16):
    ix = torch.randint(len(data) - block, (bs,))
    x = torch.stack([data[i:i + block] for i in ix])
    y = torch.stack([data[i + 1:i + 1 + block] for i in ix])
    return x.to(device), y.to(device)


model = CharRNN(len(chars), 32, 2).to(device)
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for it in range(30):
    x, y = get_batch()
    hidden = model.init_hidden(x.size(0))
    logits, hidden = model(x, hidden)
    loss = nn.functional.cross_entropy(logits.view(-1, len(chars)), y.view(-1))
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
    opt.step()
print(f"loss {loss.item():.3f} ppl {math.exp(loss.item()):.2f}")
model.eval()
idx = torch.zeros(1, 1, dtype=torch.long, device=device)
out, state = [], None
with torch.no_grad():
    for _ in range(20):
        logits, state = model(idx, state)
        probs = logits[:, -1].div(0.8).softmax(-1)
        idx = torch.multinomial(probs, 1)
        out.append(itos[idx.item()])
print(repr("".join(out)))
