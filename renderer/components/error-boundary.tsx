// Keeps a bug in one part from taking the whole window away.
import { Component, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

interface Props {
  /** What failed, in words: "The SQL area". */
  readonly what: string
  readonly children: ReactNode
}

/** Shows what failed instead of a blank window, and offers to draw it again. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <div role="alert" className="min-h-0 flex-1 overflow-auto p-14">
        <EmptyState
          title={`${this.props.what} stopped working`}
          action={<Button onPress={() => this.setState({ error: undefined })}>Show it again</Button>}
        >
          This is a bug in NebulaDB; nothing in your databases is affected. {error.message}
        </EmptyState>
      </div>
    )
  }
}
