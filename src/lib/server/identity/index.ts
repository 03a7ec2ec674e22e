/** Who citizens are: sign-in, sessions, proofs of identity. */
export { showsAadhaarCode } from './aadhaar-picture.ts';
export {
	citizenView,
	contactOf,
	correctCitizen,
	keepCitizen,
	lockCitizen,
	nameCitizen,
	ownData,
	requireCitizen,
	type CitizenRow,
	type CitizenView,
} from './citizens.ts';
export { consentsOf, recordConsent, type ConsentEntry, type NewConsent } from './consents.ts';
export {
	actingGrant,
	attestActing,
	finishActing,
	requireActing,
	startActing,
	useGrant,
	type ActingGrant,
	type ActingStaff,
} from './acting.ts';
export { agreedCard, readCard, type SeenCard } from './card.ts';
export { checkedProofSchema, type CheckedProof } from './checked.ts';
export { checkDeclared, checkProof, type DeclaredProof, type ProofInput } from './proof.ts';
export {
	attestPaper,
	dropProofFields,
	dropProofPhotos,
	emptyProofs,
	erasePhoto,
	isPaper,
	keepProof,
	noteRegistryReply,
	proofPhoto,
	proofsOf,
	proofView,
	registryQuestion,
	type ProofView,
} from './proof-store.ts';
export {
	openSessions,
	type SessionCookie,
	type SessionHolder,
	type Sessions,
	type SessionView,
} from './sessions.ts';
export { finishSignIn, otpRecipient, startSignIn, type SignInStarted } from './sign-in.ts';
