// Settings of a collection or a folder: what it gives to every request in it, and for a collection how it is reached and shared.
import { useState, type ReactNode } from 'react'
import type { Collection, CollectionId, RequestDefaults } from '#contract/requests/collection.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { FormError } from '../../../components/form-error.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { Tabs, type TabItem } from '../../../components/tabs.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall } from '../../../host/host-provider.tsx'
import {
  AuthEditor,
  DifferingLines,
  DocsEditor,
  PairTable,
  ScriptsEditor,
  SettingsEditor,
  useCollections,
  VariablesProvider,
} from '../../requests/index.ts'
import { CertificatesEditor } from './certificates-editor.tsx'
import { InheritedList } from './inherited-list.tsx'
import { ProxyEditor } from './proxy-editor.tsx'
import { SharingPart } from './sharing-part.tsx'
import { useSettings, type Settings, type SettingsDraft } from './use-settings.ts'
import { VariablesPart } from './variables-part.tsx'

type Part =
  | 'general'
  | 'docs'
  | 'auth'
  | 'headers'
  | 'variables'
  | 'scripts'
  | 'sending'
  | 'proxy'
  | 'certificates'
  | 'team'

export interface SettingsDialogProps {
  readonly collectionId: CollectionId
  /** A folder; empty for the collection. */
  readonly path: string
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function SettingsDialog({ collectionId, path, onClose }: SettingsDialogProps): ReactNode {
  const draft = useSettings(collectionId, path, onClose)
  const [part, setPart] = useState<Part>('general')
  const { item } = draft
  const reading = describeError(draft.readError)
  const problem = describeError(draft.saveError)
  if (draft.theirs !== null && item !== null)
    return <SettingsConflict draft={draft} theirs={draft.theirs} mine={item} onClose={onClose} />
  return (
    <Dialog
      title={item === null ? 'Settings' : `Settings of ${item.name}`}
      width="large"
      isOpen
      isHeld={draft.isSaving || draft.isDirty}
      onClose={onClose}
      hint={draft.isDirty ? 'Not saved yet.' : undefined}
      actions={
        <>
          <Button onPress={onClose}>{draft.isDirty ? 'Discard' : 'Close'}</Button>
          <Button
            variant="primary"
            isBusy={draft.isSaving}
            isDisabled={!draft.isDirty || item === null || item.name.trim() === ''}
            onPress={draft.save}
          >
            {draft.isSaving ? 'Saving…' : 'Save settings'}
          </Button>
        </>
      }
    >
      <div className="flex h-[52vh] flex-col gap-8">
        {item === null ? (
          reading === undefined ? (
            <SkeletonRows count={8} label="Reading the settings" />
          ) : (
            <FormError message={reading.message} hint={reading.hint} />
          )
        ) : (
          <VariablesProvider
            collectionId={collectionId}
            path={path === '' ? '' : `${path}/settings`}
            environment={null}
            request={null}
          >
            <div className="-mx-12 flex min-h-0 flex-1 flex-col">
              <Tabs
                label="Parts of the settings"
                isFilling
                items={partsOf(item)}
                value={part}
                onChange={setPart}
              >
                <PartEditor collectionId={collectionId} path={path} part={part} item={item} draft={draft} />
              </Tabs>
            </div>
          </VariablesProvider>
        )}
        <FormError message={problem?.message} hint={problem?.hint} />
      </div>
    </Dialog>
  )
}

function partsOf(item: Settings): readonly TabItem<Part>[] {
  const { defaults } = item
  const count = (number: number) => (number === 0 ? {} : { count: number })
  return [
    { id: 'general', title: 'General' },
    { id: 'auth', title: 'Auth' },
    { id: 'headers', title: 'Headers', ...count(defaults.headers.length) },
    { id: 'variables', title: 'Variables', ...count(defaults.variables.length) },
    {
      id: 'scripts',
      title: 'Scripts',
      ...count(Object.values(defaults.scripts).filter((script) => script !== '').length),
    },
    { id: 'sending', title: 'Sending' },
    ...(item.kind === 'collection'
      ? [
          { id: 'proxy' as const, title: 'Proxy' },
          { id: 'certificates' as const, title: 'Certificates', ...count(item.clientCertificates.length) },
        ]
      : []),
    { id: 'docs', title: 'Docs' },
    ...(item.kind === 'collection' ? [{ id: 'team' as const, title: 'Team' }] : []),
  ]
}

interface PartEditorProps {
  readonly collectionId: CollectionId
  readonly path: string
  readonly part: Part
  readonly item: Settings
  readonly draft: SettingsDraft
}

function PartEditor({ collectionId, path, part, item, draft }: PartEditorProps): ReactNode {
  const { collections } = useCollections()
  const collection = collections.find((one) => one.id === collectionId)
  const { defaults } = item
  const give = (fields: Partial<RequestDefaults>): void =>
    draft.set({ ...item, defaults: { ...defaults, ...fields } })
  // Of the collection itself nothing is inherited.
  const inherited = draft.inherited.filter((level) => level.path !== path)
  switch (part) {
    case 'general':
      return (
        <div className="flex max-w-560 flex-col gap-12 px-12 py-12">
          <TextField
            label="Name"
            isRequired
            value={item.name}
            onChange={(name) => draft.set({ ...item, name })}
            error={item.name.trim() === '' ? 'Give it a name.' : undefined}
          />
          {item.kind === 'collection' ? <CollectionFields item={item} draft={draft} /> : null}
          <p className="text-small text-2 select-text">{placeWords(collection?.folder ?? null, path)}</p>
        </div>
      )
    case 'docs':
      return <DocsEditor docs={item.docs} onChange={(docs) => draft.set({ ...item, docs })} />
    case 'auth':
      return <AuthEditor auth={defaults.auth} inherited={inherited} onChange={(auth) => give({ auth })} />
    case 'headers':
      return (
        <>
          <PairTable
            label="Headers"
            noun="header"
            pairs={defaults.headers}
            make={(pair) => pair}
            onChange={(headers) => give({ headers: [...headers] })}
          />
          <InheritedList
            noun="headers"
            inherited={inherited}
            of={({ headers }) => headers}
            own={defaults.headers.map(({ name }) => name)}
          />
        </>
      )
    case 'variables':
      return (
        <VariablesTab
          collectionId={collectionId}
          path={path}
          variables={defaults.variables}
          draft={draft}
          onChange={(variables) => give({ variables })}
        >
          <InheritedList
            noun="variables"
            inherited={inherited}
            of={({ variables }) => variables}
            own={defaults.variables.map(({ name }) => name)}
          />
        </VariablesTab>
      )
    case 'scripts':
      return <ScriptsEditor scripts={defaults.scripts} onChange={(scripts) => give({ scripts })} />
    case 'sending':
      return <SettingsEditor settings={defaults.settings} onChange={(settings) => give({ settings })} />
    case 'proxy':
      return item.kind === 'collection' ? (
        <ProxyEditor proxy={item.proxy} onChange={(proxy) => draft.set({ ...item, proxy })} />
      ) : null
    case 'certificates':
      return item.kind === 'collection' ? (
        <CertificatesEditor
          certificates={item.clientCertificates}
          base={collection?.folder ?? null}
          onChange={(clientCertificates) => draft.set({ ...item, clientCertificates })}
        />
      ) : null
    case 'team':
      return collection === undefined ? null : <SharingPart collection={collection} />
  }
}

function CollectionFields(props: { readonly item: Collection; readonly draft: SettingsDraft }): ReactNode {
  const { item, draft } = props
  const { source } = item
  return (
    <>
      <TextField
        label="Version"
        value={item.version}
        onChange={(version) => draft.set({ ...item, version })}
        placeholder="1.0.0"
      />
      {source === null ? null : (
        <p className="text-small text-2 select-text">
          {source.type === 'openapi' ? `Made from ${source.location}.` : 'Generated from a project’s API.'}
        </p>
      )}
    </>
  )
}

function placeWords(folder: string | null, path: string): string {
  if (folder !== null) return `Its files are in ${[folder, path].filter(Boolean).join('/')}.`
  return 'Its files are with this machine’s own data: they are in no folder of yours.'
}

interface VariablesTabProps {
  readonly collectionId: CollectionId
  readonly path: string
  readonly variables: RequestDefaults['variables']
  readonly draft: SettingsDraft
  readonly onChange: (variables: RequestDefaults['variables']) => void
  readonly children: ReactNode
}

function VariablesTab(props: VariablesTabProps): ReactNode {
  const { collectionId, path, draft } = props
  const at = path === '' ? '' : `${path}/settings`
  const seen = useCall(['collections', 'variables', collectionId, at, null], (host, options) =>
    host.collections.variables({ id: collectionId, path: at, environment: null }, options),
  )
  const scope = path === '' ? 'collection' : 'folder'
  const kept = new Set(
    (seen.data ?? []).filter((one) => one.scope === scope && one.hasValue).map((one) => one.name),
  )
  return (
    <>
      <VariablesPart
        variables={props.variables}
        onChange={props.onChange}
        kept={kept}
        secrets={draft.secrets}
        onSecret={draft.setSecret}
      />
      {props.children}
    </>
  )
}

function SettingsConflict(props: {
  readonly draft: SettingsDraft
  readonly theirs: Settings
  readonly mine: Settings
  readonly onClose: () => void
}): ReactNode {
  const { draft, theirs, mine } = props
  return (
    <Dialog
      title={`${theirs.name} changed on disk`}
      width="large"
      isOpen
      isHeld
      onClose={props.onClose}
      hint="− on disk, + yours"
      actions={
        <>
          <Button onPress={() => draft.settle('theirs')}>Take the file’s</Button>
          <Button variant="primary" onPress={() => draft.settle('mine')}>
            Save mine over it
          </Button>
        </>
      }
    >
      <DifferingLines theirs={theirs} mine={mine} />
    </Dialog>
  )
}
