import { DOMParser } from '@xmldom/xmldom';
import type { KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';

const SIGNATURE_NS = 'http://www.w3.org/2000/09/xmldsig#';
const ENVELOPED = `${SIGNATURE_NS}enveloped-signature`;
const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
/**
 * UIDAI signs its e-KYC files by rsa-sha1 over a SignedInfo whose digest of the document is SHA-256 (so every
 * published example); rsa-sha256 is what it should move to. SHA-1 is taken for SignedInfo only, and never
 * for the document: who wants to abuse its collisions must choose what UIDAI signs, and can choose nothing in
 * a SignedInfo of fixed form but a SHA-256. A second preimage of SHA-1 nobody can make.
 */
const SIGNATURE_METHODS = [
	`${SIGNATURE_NS}rsa-sha1`,
	'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
] as const;

/** What the library looks for by name alone: a KeyInfo must not hold a second one. */
const SOUGHT_BY_NAME = [
	'SignedInfo',
	'CanonicalizationMethod',
	'SignatureMethod',
	'Reference',
	'Transforms',
	'DigestMethod',
	'DigestValue',
	'SignatureValue',
];

/** A real one has some 40 tags and 60 attributes; the work of parsers grows faster than their number. */
const MAX_TAGS = 200;
const MAX_QUOTES = 500;

export type SignedKyc = {
	/** The whole signed element without its signature, parsed again from the bytes that were signed. */
	readonly root: Element;
};

export function elementsOf(parent: Node): Element[] {
	return Array.from(parent.childNodes).filter((node): node is Element => node.nodeType === 1);
}

/** Whether nothing but elements and white space stands in it. */
const holdsElementsOnly = (parent: Node) =>
	Array.from(parent.childNodes).every(
		(node) => node.nodeType === 1 || (node.nodeType === 3 && node.nodeValue?.trim() === ''),
	);

const countOf = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/**
 * The root element of a text in XML without comments, CDATA, processing instructions and DTD (so without
 * entities of its own), well-formed, with one root. Null for any other text. UIDAI's files have none of
 * those; who puts them in wants two readers to read two things.
 */
export function parseStrictXml(text: string): Element | null {
	if (/<[!?]/.test(text)) return null;
	if (countOf(text, /</g) > MAX_TAGS || countOf(text, /["']/g) > MAX_QUOTES) return null;
	const fail = (_level: string, message: unknown) => {
		throw new Error(String(message));
	};
	try {
		const document = new DOMParser({ errorHandler: fail }).parseFromString(text, 'text/xml');
		const [root, ...others] = elementsOf(document);
		return root && others.length === 0 && holdsElementsOnly(document) ? root : null;
	} catch {
		return null; // not well-formed, or nested too deep
	}
}

/** Bytes as text in XML: UTF-8 with or without its mark and its declaration. Null when they are no UTF-8. */
export function decodeXml(bytes: Uint8Array): string | null {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return text.replace(/^<\?xml\s[^<>]*\?>/, '');
	} catch {
		return null;
	}
}

const algorithmOf = (element: Element | undefined) =>
	element && elementsOf(element).length === 0 ? element.getAttribute('Algorithm') : null;

/** The children, when they are exactly these elements of XML Signature, in this order. */
function exactly(parent: Element | undefined, ...names: readonly string[]): Element[] | null {
	if (!parent || !holdsElementsOnly(parent)) return null;
	const children = elementsOf(parent);
	const same =
		children.length === names.length &&
		children.every(
			(child, at) => child.localName === names[at] && child.namespaceURI === SIGNATURE_NS,
		);
	return same ? children : null;
}

/**
 * Whether a Signature has the one form that is taken: one reference, to the whole document, without the
 * signature itself; known algorithms; nothing twice, nothing else but a KeyInfo, which nobody reads.
 */
function isPlainSignature(signature: Element): boolean {
	const [info, value] =
		exactly(signature, 'SignedInfo', 'SignatureValue') ??
		exactly(signature, 'SignedInfo', 'SignatureValue', 'KeyInfo') ??
		[];
	const [canonical, method, reference] =
		exactly(info, 'CanonicalizationMethod', 'SignatureMethod', 'Reference') ?? [];
	const [transforms, digest, digestValue] =
		exactly(reference, 'Transforms', 'DigestMethod', 'DigestValue') ?? [];
	const steps =
		exactly(transforms, 'Transform') ?? exactly(transforms, 'Transform', 'Transform') ?? [];
	const inside = Array.from(signature.getElementsByTagName('*'), (element) => element.localName);
	return (
		value !== undefined &&
		elementsOf(value).length === 0 &&
		digestValue !== undefined &&
		elementsOf(digestValue).length === 0 &&
		algorithmOf(canonical) === C14N &&
		SIGNATURE_METHODS.some((known) => algorithmOf(method) === known) &&
		reference?.hasAttribute('URI') === true &&
		reference.getAttribute('URI') === '' &&
		algorithmOf(digest) === SHA256 &&
		algorithmOf(steps[0]) === ENVELOPED &&
		(steps.length === 1 || algorithmOf(steps[1]) === C14N) &&
		SOUGHT_BY_NAME.every((name) => inside.filter((one) => one === name).length === 1)
	);
}

/** The signature of a document: the last child of its root, and the only one in it; null otherwise. */
export function signatureOf(root: Element): Element | null {
	const all = Array.from(root.getElementsByTagName('*')).filter(
		(element) => element.localName === 'Signature',
	);
	const [signature] = all;
	if (all.length !== 1 || !signature || signature.parentNode !== root) return null;
	if (signature.namespaceURI !== SIGNATURE_NS || !isPlainSignature(signature)) return null;
	return elementsOf(root).at(-1) === signature ? signature : null;
}

/** Takes the entries with these names, so that no other algorithm of the library can be asked for. */
const only = <T>(known: Record<string, T>, names: readonly string[]): Record<string, T> =>
	Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name)));

/**
 * What this key signed in a document whose `signature` was found by `signatureOf`; null when it did not sign
 * it. The certificate that a KeyInfo may hold is not looked at.
 */
export function signedBy(text: string, signature: Element, key: KeyObject): SignedKyc | null {
	try {
		const checker = new SignedXml({ publicCert: key, getCertFromKeyInfo: () => null });
		checker.loadSignature(signature);
		// Only now: loading needs an algorithm of its own.
		checker.SignatureAlgorithms = only(checker.SignatureAlgorithms, SIGNATURE_METHODS);
		checker.HashAlgorithms = only(checker.HashAlgorithms, [SHA256]);
		checker.CanonicalizationAlgorithms = only(checker.CanonicalizationAlgorithms, [
			C14N,
			ENVELOPED,
		]);
		if (!checker.checkSignature(text)) return null;
		const [signed, ...others] = checker.getSignedReferences();
		const root = signed !== undefined && others.length === 0 ? parseStrictXml(signed) : null;
		return root && { root };
	} catch {
		return null; // the library throws for a signature that does not hold
	}
}
