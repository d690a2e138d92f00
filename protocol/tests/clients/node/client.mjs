// A client in Node, written from SPEC.md alone: over a WebSocket by the package `ws`, and over plain HTTP by `fetch`. It starts
// a server of its own (ENGAWA_BIN), plays two people through the main rules and says which of them held.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(new URL('../../../../web-client/package.json', import.meta.url))
const WebSocket = require('ws')

const ADMIN_KEY = 'the-operators-own-key'
const PATIENCE_MS = 20_000

const freePort = () =>
	new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address()
			server.close(() => resolve(port))
		})
	})

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** What the two kinds of line have in common: frames come in, positions advance (FR1), acks are waited for. */
class Client {
	constructor(base, token, device = randomUUID()) {
		Object.assign(this, { base, token, device, number: 0, position: null, frames: [], goodbye: null, waiting: [] })
	}

	hello() {
		const hello = { type: 'hello', protocol: { oldest: 1, newest: 1 }, token: this.token, device: this.device }
		return this.position ? { ...hello, resume: this.position } : hello
	}

	take(frame) {
		if (frame.type === 'welcome') this.position = frame.position
		if (frame.type === 'goodbye') this.goodbye = frame
		if (frame.type === 'frame') {
			assert.equal(frame.from, this.position.seq, 'FR1: frames follow each other')
			this.position = { ...this.position, seq: frame.to }
		}
		this.frames.push(frame)
		for (const wake of this.waiting.splice(0)) wake()
	}

	/** Waits until one of the frames fits. */
	async until(what, fits) {
		const late = Date.now() + PATIENCE_MS
		for (;;) {
			const found = this.frames.find(fits)
			if (found) return found
			assert.ok(Date.now() < late, `${what} does not come`)
			await Promise.race([new Promise((resolve) => this.waiting.push(resolve)), pause(200)])
		}
	}

	ack(number) {
		return this.until(`the ack of ${number}`, (frame) => frame.acks?.some((ack) => ack.client_seq === number))
	}
}

class SocketClient extends Client {
	async open() {
		this.frames = []
		this.socket = new WebSocket(`${this.base.replace('http', 'ws')}/ws`)
		this.socket.on('message', (text) => this.take(JSON.parse(text)))
		this.closed = new Promise((resolve) => this.socket.on('close', resolve))
		await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject))
		this.socket.send(JSON.stringify(this.hello()))
		return this.until('welcome or goodbye', (frame) => ['welcome', 'goodbye'].includes(frame.type))
	}

	submit(command, number = ++this.number) {
		this.socket.send(JSON.stringify({ type: 'submit', client_seq: number, command }))
		return number
	}
}

class StreamClient extends Client {
	async open() {
		this.frames = []
		this.abort = new AbortController()
		const response = await post(this.base, '/api/stream', this.hello(), null, this.abort.signal)
		assert.equal(response.headers.get('content-type'), 'text/event-stream', 'TR1')
		this.reading = this.read(response.body).catch((error) => assert.equal(error.name, 'AbortError'))
		return this.until('welcome', (frame) => frame.type === 'welcome')
	}

	async read(body) {
		let text = ''
		const decoder = new TextDecoder()
		for await (const piece of body) {
			text += decoder.decode(piece, { stream: true })
			const events = text.split('\n\n')
			text = events.pop()
			for (const event of events) {
				if (event.startsWith('data: ')) this.take(JSON.parse(event.slice('data: '.length)))
			}
		}
	}

	async submit(command, number = ++this.number) {
		const frames = [{ type: 'submit', client_seq: number, command }]
		const reply = await post(this.base, '/api/frames', { device: this.device, frames }, this.token)
		return (await reply.json()).outcomes[0]
	}
}

function post(base, path, body, token, signal) {
	const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
	return fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body), signal })
}

const note = (text) => ({ type: 'add_note', board: 0, area: 0, text, color: 'yellow' })

async function play(base) {
	const created = await post(base, '/api/meetings', { title: '第5回研究会', language: 'ja', coordinator: '進行 1' }, ADMIN_KEY)
	const { token } = await created.json()

	const first = new SocketClient(base, token)
	assert.equal((await first.open()).start.from, 'view', 'HS5: a fresh view')
	const added = first.submit({ type: 'add_person', name: '幹事 1', team: null, role: 'facilitator', email: null })
	await first.ack(added)

	const links = await (await fetch(`${base}/api/links`, { headers: { authorization: `Bearer ${token}` } })).json()
	const guide = links.personal.find((link) => link.name === '幹事 1')
	const second = new StreamClient(base, guide.link.split('#')[1])
	await second.open()

	// CM3, TR5: an effect is seen by everybody, over either kind of line.
	await first.ack(first.submit(note('網の上から')))
	const seen = (text) => (frame) => frame.events?.some((event) => event.type === 'note_added' && event.note.text === text)
	await second.until('the note of the socket', seen('網の上から'))
	const outcome = await second.submit(note('流れの上から'))
	assert.equal(outcome.reply.outcome, 'accepted', 'TR4')
	await first.until('the note of the stream', seen('流れの上から'))
	await second.ack(outcome.client_seq)

	// CM1, CM2: sent again under its number, it takes effect once and is answered the same.
	const again = await second.submit(note('ほかのことば'), outcome.client_seq)
	assert.deepEqual(again.reply, outcome.reply, 'CM2')

	// CM4, CM8: what is refused says why; FR7: a ping is answered.
	first.socket.send(JSON.stringify({ type: 'submit', client_seq: ++first.number, command: { type: 'fly' } }))
	const refused = await first.until('a refusal', (frame) => frame.type === 'refused')
	assert.equal(refused.rejections[0].code ?? refused.rejections[0].rejection.code, 'malformed', 'CM8')
	first.socket.send(JSON.stringify({ type: 'ping', client_time: 7 }))
	await first.until('a pong', (frame) => frame.type === 'pong' && frame.client_time === 7)

	// RS1: whoever comes back is told what they missed and nothing else.
	first.socket.terminate()
	await first.closed
	await second.submit(note('留守の間に'))
	assert.equal((await first.open()).start.from, 'resumed', 'RS1')
	await first.until('what was missed', seen('留守の間に'))

	// HS2, CL1: what is no hello is told so with a code that means not to come back.
	const stranger = new SocketClient(base, 'x')
	assert.equal((await stranger.open()).code, 'link_invalid', 'HS2')
	assert.equal(await stranger.closed, 4503, 'CL1: the number is the close code')
	second.abort.abort()
	await second.reading
	first.socket.close()
}

const folder = await mkdtemp(join(tmpdir(), 'engawa-client-'))
const [port, internal] = [await freePort(), await freePort()]
const server = spawn(process.env.ENGAWA_BIN ?? 'engawa', [], {
	env: {
		ENGAWA_LISTEN: `127.0.0.1:${port}`,
		ENGAWA_INTERNAL_LISTEN: `127.0.0.1:${internal}`,
		ENGAWA_DATA_DIR: folder,
		ENGAWA_ADMIN_KEY: ADMIN_KEY,
		ENGAWA_LOG_FILTER: 'error',
	},
	stdio: ['ignore', 'ignore', 'inherit'],
})
try {
	for (let tries = 0; ; tries++) {
		const ready = await fetch(`http://127.0.0.1:${internal}/readyz`).then((answer) => answer.ok, () => false)
		if (ready) break
		assert.ok(tries < 200 && server.exitCode === null, 'the server does not become ready')
		await pause(100)
	}
	await play(`http://127.0.0.1:${port}`)
	console.log('the client in Node: everything held')
} finally {
	server.kill('SIGKILL')
	await rm(folder, { recursive: true, force: true })
}
