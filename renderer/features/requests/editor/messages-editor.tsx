// What a WebSocket request keeps: messages to send again and again, and the subprotocols it asks for.
import { Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { SocketMessage, WebSocketRequest } from '#contract/requests/request.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { CodeField } from './code-field.tsx'

const TYPES = [
  { id: 'json', label: 'JSON' },
  { id: 'text', label: 'Text' },
  { id: 'xml', label: 'XML' },
  { id: 'binary', label: 'Binary (Base64)' },
] as const

export interface MessagesEditorProps {
  readonly request: WebSocketRequest
  readonly onChange: (request: WebSocketRequest) => void
}

/** The editor. */
export function MessagesEditor({ request, onChange }: MessagesEditorProps): ReactNode {
  const [chosen, setChosen] = useState(0)
  const { messages } = request
  const message = messages[Math.min(chosen, messages.length - 1)]
  const at = message === undefined ? -1 : messages.indexOf(message)
  const set = (next: SocketMessage): void =>
    onChange({ ...request, messages: messages.map((one, index) => (index === at ? next : one)) })
  const add = (): void => {
    onChange({
      ...request,
      messages: [...messages, { title: `Message ${messages.length + 1}`, type: 'json', data: '{}' }],
    })
    setChosen(messages.length)
  }
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex w-200 flex-none flex-col overflow-auto border-r border-line-1">
        <ul aria-label="Saved messages">
          {messages.map((one, index) => (
            <li key={index}>
              <button
                type="button"
                aria-current={index === at}
                onClick={() => setChosen(index)}
                className={classNames(
                  'flex h-(--row) w-full items-center px-12 text-left text-small focus-visible:outline-offset-[-2px]',
                  index === at ? 'bg-active text-1' : 'text-2 hover:bg-hover',
                )}
              >
                <span className="truncate">{one.title}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="p-6">
          <Button variant="ghost" icon={Plus} onPress={add}>
            Add message
          </Button>
        </div>
        <div className="mt-auto border-t border-line-1 p-10">
          <TextField
            label="Subprotocols, by commas"
            isMono
            value={request.protocols.join(', ')}
            onChange={(text) =>
              onChange({
                ...request,
                protocols: text
                  .split(',')
                  .map((one) => one.trim())
                  .filter((one) => one !== ''),
              })
            }
          />
        </div>
      </div>
      {message === undefined ? (
        <p className="px-12 py-12 text-small text-3">
          Messages kept here can be sent with one press while connected.
        </p>
      ) : (
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="flex h-44 flex-none items-center gap-8 border-b border-line-1 px-12">
            <div className="min-w-0 flex-1">
              <TextField
                label="Title of the message"
                isLabelHidden
                value={message.title}
                onChange={(title) => set({ ...message, title })}
              />
            </div>
            <div className="w-150">
              <Select
                label="Kind of message"
                isLabelHidden
                options={TYPES}
                value={message.type}
                onChange={(type) => set({ ...message, type })}
              />
            </div>
            <IconButton
              icon={Trash2}
              label={`Remove ${message.title}`}
              onPress={() => onChange({ ...request, messages: messages.filter((one) => one !== message) })}
            />
          </div>
          <CodeField
            key={`${at} ${message.type}`}
            label={`Message ${message.title}`}
            language={message.type === 'binary' ? 'text' : message.type}
            value={message.data}
            onChange={(data) => set({ ...message, data })}
          />
        </div>
      )}
    </div>
  )
}
