import type { Area, FilingStep } from '#lib/domain/grievance/filing.ts';
import type { NextStepKind } from '#lib/domain/grievance/next-step.ts';
import type { GrievanceEvent, GrievanceState } from '#lib/domain/grievance/states.ts';
import type { ProofKind, ProofStrength } from '#lib/domain/identity/strength.ts';
import type { CheckedProof, CitizenView, ProofView } from '#lib/server/identity/index.ts';
import type { CategoryView, Place, PostView } from '#lib/server/masters/index.ts';

/** Answers of the filing form. Null means not answered yet. */
export interface DraftAnswers {
	categoryId: string | null;
	area: Area | null;
	districtId: string | null;
	jurisdictionId: string | null;
	placeNote: string | null;
	details: string | null;
	relief: string | null;
	/** The office complained of; null for none. */
	againstPostId: string | null;
	name: string | null;
	/** The checked result only, never a QR payload or a number. */
	proof: CheckedProof | null;
	hearingWanted: boolean | null;
	noticeAgreed: boolean | null;
}

export type MaskedField = 'details' | 'relief' | 'placeNote' | 'name' | 'attachment';

/** One unfinished filing a citizen. */
export interface Draft {
	/** Stands in the review form; the same key never makes two grievances. */
	submissionKey: string;
	answers: DraftAnswers;
	/** What the ids above stand for, in the reader's language. */
	category: CategoryView | null;
	place: Place | null;
	against: PostView | null;
	attachments: AttachmentView[];
	missing: FilingStep[];
	/** Fields in which an Aadhaar number was hidden: the person must be told before submitting. */
	masked: MaskedField[];
	updatedAt: Date;
}

export interface AttachmentView {
	id: string;
	purpose: 'complaint' | 'action_taken';
	name: string;
	/** `image/jpeg`, `image/webp` or `application/pdf`. */
	mime: string;
	bytes: number;
	width: number | null;
	height: number | null;
	/** `28.0833, 76.5833`: where the photo was taken, when its citizen wanted it kept. */
	place: string | null;
	/** An Aadhaar number seems to stand in the PDF's text: staff are warned before they pass it on. */
	aadhaarSeen: boolean;
	/** Action taken report that it proves. */
	reportId: string | null;
	/** Opens it for who asked, for at most ten minutes. */
	href: string;
}

export interface GrievanceSummary {
	id: string;
	number: string;
	title: string;
	categoryName: string;
	state: GrievanceState;
	/** "अधिकारी के पास" */
	stateText: string;
	filedAt: Date;
	owner: PostView | null;
	ownedSince: Date | null;
	deadline: Date | null;
	hearingRequestedAt: Date | null;
	/** Start of the live booking's slot. */
	hearingAt: Date | null;
}

export interface NextStepView {
	kind: NextStepKind;
	at: Date | null;
	toPost: PostView | null;
	/** One sentence in the reader's language. */
	text: string;
}

/** One thing that happened; words in the reader's language, times to be formatted by the page. */
export interface TimelineEntry {
	seq: number;
	type: GrievanceEvent;
	at: Date;
	/** Shown to the citizen. */
	public: boolean;
	title: string;
	text: string | null;
	/** What the page may link to. */
	hearingId: string | null;
	directionId: string | null;
	attachments: AttachmentView[];
}

/** What citizen and staff see alike. */
export interface GrievanceView {
	id: string;
	number: string;
	title: string;
	categoryName: string;
	placePath: string;
	placeNote: string | null;
	/** Where it was erased, words that say so. */
	details: string;
	relief: string;
	/** When the personal text was erased on the citizen's request. */
	erasedAt: Date | null;
	against: PostView | null;
	state: GrievanceState;
	stateText: string;
	level: number;
	lastLevel: number;
	owner: PostView | null;
	ownedSince: Date | null;
	deadline: Date | null;
	/** The level's deadline has passed and nobody is above. */
	breachedAt: Date | null;
	progressPercent: number;
	nextStep: NextStepView;
	hearingRequestedAt: Date | null;
	/** Start of the live booking's slot. */
	hearingAt: Date | null;
	proofKind: ProofKind;
	proofStrength: ProofStrength;
	/** Of the complaint and of the action taken reports, told apart by `purpose`. */
	attachments: AttachmentView[];
	timeline: TimelineEntry[];
	filedAt: Date;
}

/** The owner's view: only public events. Oldest first. */
export type Tracking = GrievanceView;

export interface EarlierCase {
	number: string;
	title: string;
	state: GrievanceState;
	stateText: string;
	filedAt: Date;
}

/** Staff's view: all events. Every reading is logged. */
export interface CaseFile extends GrievanceView {
	version: number;
	districtId: string;
	restricted: boolean;
	evidenceRequired: boolean;
	citizen: CitizenView;
	proof: (ProofView & { attestedBy: PostView | null }) | null;
	earlier: EarlierCase[];
}

/** No personal data: a list is no reason to look at people. */
export interface InboxRow {
	id: string;
	number: string;
	title: string;
	categoryName: string;
	placePath: string;
	state: GrievanceState;
	stateText: string;
	level: number;
	ownedSince: Date;
	deadline: Date;
	breached: boolean;
	filedAt: Date;
	hearingRequestedAt: Date | null;
	hearingAt: Date | null;
	openDirections: number;
}

/** A line of what somebody filed for others: nothing of the matter or the person. */
export interface FiledRow {
	number: string;
	state: GrievanceState;
	stateText: string;
	filedAt: Date;
}

/** Names in both languages, for SMS and calendars. */
export interface Names {
	hi: string;
	en: string;
}

/** What the policy decides by. */
export interface AccessFacts {
	id: string;
	citizenId: string;
	districtId: string;
	stateId: string;
	restricted: boolean;
	ownerPostId: string | null;
	againstPostId: string | null;
	districtHeadPostId: string | null;
	nodalPostId: string | null;
	/** Earlier holders, posts with a direction in it or that hear it. */
	involvedPostIds: string[];
	/** Posts with a direction in it, now or before it climbed. */
	directedPostIds: string[];
	/** All superiors of the owner. */
	postsAboveOwner: string[];
}

/** What other modules need to know of a grievance. Nothing personal in it. */
export interface GrievanceFacts extends AccessFacts {
	number: string;
	categoryId: string;
	jurisdictionId: string;
	state: GrievanceState;
	level: number;
	ladderId: string;
	ownedSince: Date | null;
	deadline: Date | null;
	hearingRequestedAt: Date | null;
	filedAt: Date;
	title: Names;
}
