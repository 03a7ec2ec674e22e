/** A certificate as it ships: the PEM text and the SHA-256 (lower-case hex) that its DER must have. */
export type PinnedCertificate = {
	readonly name: string;
	readonly fingerprint: string;
	readonly pem: string;
};
